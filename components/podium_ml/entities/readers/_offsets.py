"""What the offsets of spans count: code points, also with CR LF as one or ends included, UTF-8 bytes, UTF-16 units."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from podium_ml.entities.readers._records import Record, WrittenSpan
from podium_ml.entities.readers._rows import Rows
from podium_ml.entities.texts.spans import Span
from podium_ml.entities.texts.tokens import tokenize
from podium_ml.errors import DataError

# Spans without a text of their own tell the unit if so many of them fit into words only in another unit.
_FEWEST, _MOST_MISSING, _LOOKED_AT, _LONGEST = 5, 0.2, 2_000, 20_000
_INCLUDED = "code points with the end included"
# By unit: the offset after each character, given code points, and what is added to the ends of spans.
_UNITS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], int]] = {
    "code points": (np.ones_like, 0),
    "UTF-8 bytes": (lambda codes: 1 + (codes > 0x7F) + (codes > 0x7FF) + (codes > 0xFFFF), 0),
    "UTF-16 units": (lambda codes: 1 + (codes > 0xFFFF), 0),
    "CR LF as one": (lambda codes: 1 - ((codes == 13) & (np.append(codes[1:], 0) == 10)), 0),
    _INCLUDED: (np.ones_like, 1),
}
_BY_CHARACTERS = [unit for unit in _UNITS if unit != _INCLUDED]
_OTHER = "{where}: offsets of {count} texts count something else than most; they were found by the spans' own texts."
_DOUBTFUL = "{where}: spans of {count} texts cut words, and would not if offsets counted {unit}; check them."


@lru_cache(maxsize=8)
def _offsets(text: str, unit: str) -> np.ndarray:
    """Return the offset of each character, and that of the end, in a unit."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.concatenate([[0], np.cumsum(_UNITS[unit][0](codes), dtype=np.int64)])


def resolve(records: Sequence[Record], rows: Rows) -> Iterator[list[Span] | None]:
    """Yield the spans of each record in code points, after the unit was found that fits all of them.

    Args:
        records: The records.
        rows: Gets a warning if offsets count something else.

    Raises:
        DataError: A span lies outside of its text, or is not where its own text is; the message names the line.
    """
    unit = _find_unit(records)
    if unit != "code points":
        rows.warnings.append(
            f"{rows.label}: the offsets of spans count {unit}; they were converted to code points."
        )
    for record in records:
        if record.spans is None:
            yield None
            continue
        own = _unit_of(record, unit)
        if own != unit:
            rows.notice(_OTHER, record.line)
        elif unit != (likely := _likely_unit(record, unit)):
            rows.notice(_DOUBTFUL.replace("{unit}", likely), record.line)
        yield [_converted(record, span, own, rows.label) for span in record.spans]


def _unit_of(record: Record, usual: str) -> str:
    """Return the unit in which the spans of a record are where their own texts are; the usual one if none is."""
    told = [span for span in record.spans or () if span.text is not None]
    units = (usual, *_UNITS)
    return next((unit for unit in units if all(_is_there(record, span, unit) for span in told)), usual)


def _likely_unit(record: Record, usual: str) -> str:
    """Return another unit in which all spans of a record fit words, if they do not in the usual one."""
    spans = record.spans or ()
    if _is_plain(record.text) or len(record.text) > _LONGEST or any(span.text is not None for span in spans):
        return usual
    units = (usual, *_BY_CHARACTERS)
    return next((unit for unit in units if all(_fits_words(record, span, unit) for span in spans)), usual)


def _find_unit(records: Sequence[Record]) -> str:
    told = [(one, span) for one in records for span in one.spans or () if span.text is not None]
    if told:
        counts = {unit: sum(_is_there(one, span, unit) for one, span in told) for unit in _UNITS}
        return max(_UNITS, key=lambda unit: counts[unit])
    return _by_words(records)


def _by_words(records: Sequence[Record]) -> str:
    """Return the unit in which spans begin and end with words, if these are not code points."""
    spans = ((one, span) for one in records if len(one.text) <= _LONGEST for span in one.spans or ())
    some = list(islice(spans, _LOOKED_AT))
    foreign = [(one, span) for one, span in some if not _is_plain(one.text)]
    units = (_best_fit(foreign, tuple(_UNITS)), _best_fit(some, ("code points", _INCLUDED)))
    return next((unit for unit in units if unit != "code points"), "code points")


def _is_plain(text: str) -> bool:
    """Whether all units count the characters of a text alike."""
    return text.isascii() and "\r\n" not in text


def _best_fit(spans: Sequence[tuple[Record, WrittenSpan]], units: Sequence[str]) -> str:
    """Return the unit in which nearly all spans fit words, if by far not all do in code points."""
    if len(spans) < _FEWEST:
        return "code points"
    shares = {unit: sum(_fits_words(one, span, unit) for one, span in spans) / len(spans) for unit in units}
    best = max(units, key=lambda unit: shares[unit])
    clear = shares[best] >= 1 - _MOST_MISSING / 2 and shares["code points"] < 1 - _MOST_MISSING
    return best if clear else "code points"


@lru_cache(maxsize=16)
def _edges(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Return where words begin and where they end."""
    tokens = tokenize(text, "words")
    return frozenset(start for start, _ in tokens), frozenset(end for _, end in tokens)


def _place(record: Record, span: WrittenSpan, unit: str) -> tuple[int, int] | None:
    known = _offsets(record.text, unit)
    wanted = np.array([span.start, span.end + _UNITS[unit][1]])
    start, end = (int(one) for one in np.searchsorted(known, wanted))
    if start >= end or end >= len(known) or (known[[start, end]] != wanted).any():
        return None
    return start, end


def _is_there(record: Record, span: WrittenSpan, unit: str) -> bool:
    place = _place(record, span, unit)
    return place is not None and record.text[slice(*place)].strip() == (span.text or "").strip()


def _fits_words(record: Record, span: WrittenSpan, unit: str) -> bool:
    """Whether a span begins and ends with words, apart from blanks at its edges."""
    place = _place(record, span, unit)
    if place is None:
        return False
    begins, ends = _edges(record.text)
    inside = record.text[slice(*place)]
    first, last = len(inside) - len(inside.lstrip()), len(inside) - len(inside.rstrip())
    return place[0] + first in begins and place[1] - last in ends


def _converted(record: Record, span: WrittenSpan, unit: str, label: str) -> Span:
    where = f"{label}, line {record.line}"
    place = _place(record, span, unit)
    if place is None:
        raise DataError(
            f"{where}: the span {span.start} to {span.end} ('{span.label}') lies outside of its text, which has "
            f"{len(record.text)} code points, or is empty.",
            "Count offsets in code points from 0, with the end after the last character.",
        )
    if span.text is not None and not _is_there(record, span, unit):
        found = record.text[slice(*place)]
        raise DataError(
            f"{where}: the span {span.start} to {span.end} is {found[:40]!r} in the text, but says {span.text[:40]!r}; "
            "offsets do not match the text, so nothing was trained.",
            "Count offsets in code points from 0, or leave the spans' own texts out.",
        )
    return place[0], place[1], span.label
