"""Recognizing how values are spelled in text, and reading them, whole columns at a time."""

from enum import Enum, auto

import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.ingestion._canonical import MOMENT, UTC_MOMENT
from podium_ml.values.decimal_marks import Clue


class Spelling(Enum):
    """What a text looks like; a number with a comma or point before three digits can be read in two ways."""

    ZERO = auto()  # 0
    SHORT = auto()  # 12
    LONG = auto()  # 1200
    POINT = auto()  # 1.5
    COMMA = auto()  # 1,5
    POINT_OR_GROUPS = auto()  # 1.234
    COMMA_OR_GROUPS = auto()  # 1,234
    COMMA_GROUPS = auto()  # 1,234,567
    COMMA_GROUPS_POINT = auto()  # 1,234.5
    POINT_GROUPS = auto()  # 1.234.567
    POINT_GROUPS_COMMA = auto()  # 1.234,5
    INFINITE = auto()  # inf
    TRUTH = auto()  # true
    MOMENT = auto()  # 2024-01-31T10:00
    UTC_MOMENT = auto()  # 2024-01-31T10:00Z
    TEXT = auto()


NUMBERS = frozenset(Spelling) - {Spelling.TRUTH, Spelling.MOMENT, Spelling.UTC_MOMENT, Spelling.TEXT}
WHOLE = frozenset({Spelling.ZERO, Spelling.SHORT, Spelling.LONG})
WHOLE_WITH_POINT = WHOLE | {Spelling.COMMA_OR_GROUPS, Spelling.COMMA_GROUPS}
WHOLE_WITH_COMMA = WHOLE | {Spelling.POINT_OR_GROUPS, Spelling.POINT_GROUPS}
ONLY_POINT = frozenset({Spelling.POINT, Spelling.COMMA_GROUPS, Spelling.COMMA_GROUPS_POINT})
ONLY_COMMA = frozenset({Spelling.COMMA, Spelling.POINT_GROUPS, Spelling.POINT_GROUPS_COMMA})
CLUES = {
    **dict.fromkeys(ONLY_POINT, Clue.POINT),
    **dict.fromkeys(ONLY_COMMA, Clue.COMMA),
    Spelling.POINT_OR_GROUPS: Clue.POINT_OR_GROUPS,
    Spelling.COMMA_OR_GROUPS: Clue.COMMA_OR_GROUPS,
    Spelling.SHORT: Clue.SHORT,
    Spelling.LONG: Clue.LONG,
}

# A text with a leading zero before other digits is a code (00123, 008.45), and so is one too long for int64.
_DIGITS = r"(0|[1-9]\d*)"
_POWER = rf"({_DIGITS}[eE][-+]|(0|[1-9]0*)[eE])\d{{1,3}}"  # 12e3 may be a code
_PATTERNS = {
    Spelling.ZERO: r"^[-+]?0$",
    Spelling.SHORT: r"^[-+]?[1-9]\d{0,2}$",
    Spelling.LONG: r"^[-+]?[1-9]\d{3,17}$",
    Spelling.POINT_OR_GROUPS: r"^[-+]?[1-9]\d{0,2}\.\d{3}$",
    Spelling.POINT: rf"^[-+]?({_DIGITS}\.\d*|\.\d+)([eE][-+]?\d{{1,3}})?$|^[-+]?{_POWER}$",
    Spelling.COMMA_OR_GROUPS: r"^[-+]?[1-9]\d{0,2},\d{3}$",
    Spelling.COMMA: rf"^[-+]?({_DIGITS},\d*|,\d+)([eE][-+]?\d{{1,3}})?$",
    Spelling.COMMA_GROUPS: r"^[-+]?[1-9]\d{0,2}(,\d{3}){2,}$",
    Spelling.COMMA_GROUPS_POINT: r"^[-+]?[1-9]\d{0,2}(,\d{3})+\.\d+$",
    Spelling.POINT_GROUPS: r"^[-+]?[1-9]\d{0,2}(\.\d{3}){2,}$",
    Spelling.POINT_GROUPS_COMMA: r"^[-+]?[1-9]\d{0,2}(\.\d{3})+,\d+$",
    Spelling.INFINITE: r"^[-+]?[iI][nN][fF]([iI][nN][iI][tT][yY])?$",
    Spelling.TRUTH: r"^(true|false|True|False|TRUE|FALSE)$",
}
_WHOLE_OR_GROUPS = r"^[-+]?(0|[1-9]\d{0,17})$|" + _PATTERNS[Spelling.POINT_OR_GROUPS]
_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?"
_DATES = {Spelling.MOMENT: _ISO + "$", Spelling.UTC_MOMENT: _ISO + r"(Z|[-+]\d{2}(:?\d{2})?)$"}
_CODE = r"^[-+]?(0\d|\d{19}|\d+[1-9][eE]\d)"
_PROBE = 64


def find_spellings(texts: pa.Array, known: set[Spelling], *, dates_only: bool) -> set[Spelling]:
    """Return every spelling that occurs in texts; ``TEXT`` alone may stand for a column of words.

    Args:
        texts: Texts that are not missing, without surrounding blanks.
        known: Spellings already found in the column, which need not be returned again.
        dates_only: Whether numbers and booleans count as text.
    """
    if not len(texts):
        return set()
    if not dates_only and (quick := _find_plain_numbers(texts, known)):
        return quick
    # If one of the first values is a word, the column is text, whatever follows.
    if len(texts) > _PROBE and Spelling.TEXT in _classify(texts.slice(0, _PROBE), dates_only=dates_only):
        return {Spelling.TEXT}
    return _classify(texts, dates_only=dates_only)


def read_numbers(texts: pa.Array, kind: pa.DataType, *, decimal: str) -> pa.Array:
    """Read texts that are all numbers with the given decimal mark."""
    groups = "," if decimal == "." else "."
    try:
        if decimal == ".":
            return texts.cast(kind)
    except pa.ArrowInvalid:
        pass
    plain = pc.replace_substring(pc.utf8_ltrim(texts, "+"), groups, "")
    return pc.replace_substring(plain, decimal, ".").cast(kind)


def read_truths(texts: pa.Array) -> pa.Array:
    """Read texts that are all true or false."""
    return pc.equal(pc.utf8_lower(texts), "true")


def read_moments(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Read texts that are all ISO 8601; raises ``ArrowInvalid`` for dates that do not exist."""
    return pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1").cast(kind)


def _find_plain_numbers(texts: pa.Array, known: set[Spelling]) -> set[Spelling]:
    """Return the spellings of a column of plain numbers, the most common kind, quickly; nothing for other columns."""
    numbers = _cast(texts, pa.int64())
    if numbers is not None and pc.all(pc.equal(numbers.cast(pa.string()), texts)).as_py():
        return _sizes(numbers) if pc.max(pc.binary_length(texts)).as_py() < 19 else set()
    if _cast(texts, pa.float64()) is None:
        return set()
    if pc.any(_matches(texts, _CODE)).as_py():
        return set()
    if Spelling.POINT in known:  # the point is already known to be the decimal mark
        return {Spelling.POINT}
    return set() if pc.all(_matches(texts, _WHOLE_OR_GROUPS)).as_py() else {Spelling.POINT}


def _cast(texts: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """Return texts as numbers, or ``None`` if some are none.

    Arrow takes 20 times longer to fail than to succeed, so the first texts are tried alone.
    """
    try:
        texts.slice(0, _PROBE).cast(kind)
        return texts.cast(kind)
    except pa.ArrowInvalid:
        return None


def _sizes(numbers: pa.Array) -> set[Spelling]:
    sizes = pc.abs(numbers)
    found = {
        Spelling.ZERO: pc.equal(sizes, 0),
        Spelling.SHORT: pc.and_(pc.greater(sizes, 0), pc.less(sizes, 1_000)),
        Spelling.LONG: pc.greater_equal(sizes, 1_000),
    }
    return {spelling for spelling, some in found.items() if pc.any(some).as_py()}


def _classify(texts: pa.Array, *, dates_only: bool) -> set[Spelling]:
    found, rest = set(), texts
    patterns = _DATES if dates_only else {**_PATTERNS, **_DATES}
    for spelling, pattern in patterns.items():
        matched = _matches(rest, pattern)
        if pc.any(matched).as_py():
            is_real = spelling not in _DATES or _is_in_calendar(rest.filter(matched), spelling)
            found.add(spelling if is_real else Spelling.TEXT)
            rest = rest.filter(pc.invert(matched))
        if not len(rest):
            return found
    return found | {Spelling.TEXT}


def _is_in_calendar(texts: pa.Array, spelling: Spelling) -> bool:
    try:
        read_moments(texts, MOMENT if spelling is Spelling.MOMENT else UTC_MOMENT)
    except pa.ArrowInvalid:
        return False
    return True


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(texts, pattern)
