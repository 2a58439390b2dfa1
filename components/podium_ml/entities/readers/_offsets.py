"""What the offsets of spans count: code points, UTF-8 bytes, UTF-16 units, or code points with the end included."""

from collections.abc import Callable, Iterator, Sequence

from podium_ml.entities.readers._records import Record, WrittenSpan
from podium_ml.entities.readers._rows import Rows
from podium_ml.entities.texts.spans import Span
from podium_ml.entities.texts.tokens import tokenize
from podium_ml.errors import DataError

Places = Callable[[str], list[int]]
# Spans without a text of their own tell the unit if so many of them fit into words only in another unit.
_FEWEST, _MOST_MISSING = 5, 0.2


def _widths(text: str, width: Callable[[str], int]) -> list[int]:
    """Return the offset of each code point, and that of the end, in units of some width."""
    offsets, at = [], 0
    for character in text:
        offsets.append(at)
        at += width(character)
    return [*offsets, at]


_UNITS: dict[str, tuple[Places, int]] = {
    "code points": (lambda text: list(range(len(text) + 1)), 0),
    "UTF-8 bytes": (lambda text: _widths(text, lambda one: len(one.encode("utf-8", "surrogatepass"))), 0),
    "UTF-16 units": (lambda text: _widths(text, lambda one: 2 if ord(one) > 0xFFFF else 1), 0),
    "code points with the end included": (lambda text: list(range(len(text) + 1)), 1),
}


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
        yield [_converted(record, span, unit, rows.label) for span in record.spans]


def _find_unit(records: Sequence[Record]) -> str:
    told = [(one, span) for one in records for span in one.spans or () if span.text is not None]
    if told:
        counts = {unit: sum(_is_there(one, span, unit) for one, span in told) for unit in _UNITS}
        return max(_UNITS, key=lambda unit: counts[unit])
    return _by_words(records)


def _by_words(records: Sequence[Record]) -> str:
    """Return the unit in which spans begin and end with words, if these are not code points."""
    shifted = [(one, span) for one in records for span in one.spans or () if not one.text.isascii()]
    if len(shifted) < _FEWEST:
        return "code points"
    shares = {
        unit: sum(_fits_words(one, span, unit) for one, span in shifted) / len(shifted) for unit in _UNITS
    }
    best = max(_UNITS, key=lambda unit: shares[unit])
    return (
        best
        if shares[best] >= 1 - _MOST_MISSING / 2 > 1 - _MOST_MISSING > shares["code points"]
        else "code points"
    )


def _place(record: Record, span: WrittenSpan, unit: str) -> tuple[int, int] | None:
    offsets, more = _UNITS[unit]
    known = offsets(record.text)
    place = {offset: at for at, offset in enumerate(known)}
    start, end = place.get(span.start), place.get(span.end + more)
    return None if start is None or end is None or start >= end else (start, end)


def _is_there(record: Record, span: WrittenSpan, unit: str) -> bool:
    place = _place(record, span, unit)
    return place is not None and record.text[slice(*place)].strip() == (span.text or "").strip()


def _fits_words(record: Record, span: WrittenSpan, unit: str) -> bool:
    place = _place(record, span, unit)
    if place is None:
        return False
    tokens = tokenize(record.text, "words")
    return place[0] in {start for start, _ in tokens} and place[1] in {end for _, end in tokens}


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
