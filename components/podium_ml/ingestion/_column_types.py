"""Inferring one type for each column from all of its values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.ingestion._canonical import MOMENT, UTC_MOMENT, unify
from podium_ml.ingestion._spellings import (
    NUMBERS,
    ONLY_COMMA,
    ONLY_POINT,
    WHOLE_WITH_COMMA,
    WHOLE_WITH_POINT,
    Spelling,
    find_spellings,
)
from podium_ml.values.missing_markers import ALWAYS, AMONG_NUMBERS

Texts = Literal["anything", "dates", "texts"]
Mark = Literal[".", ","]

ALWAYS_MISSING = pa.array(sorted(ALWAYS))
MISSING_AMONG_NUMBERS = pa.array(sorted(AMONG_NUMBERS))


@dataclass(frozen=True)
class ColumnType:
    """How a column is read.

    Attributes:
        type: Arrow type.
        decimal: Decimal mark of numbers in text.
        markers: Texts that stand for missing values, such as ``NA``, and their counts.
        note: How the values are read, worded for the user; empty if that is obvious.
    """

    type: pa.DataType
    decimal: Mark = "."
    markers: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass
class ColumnEvidence:
    """What the values of a column look like, updated batch by batch.

    Attributes:
        texts: What text values may be; see ``Reader.texts``.
        types: Canonical types seen.
        spellings: Spellings of the texts seen.
        markers: Texts that always stand for missing values, and their counts.
        weak_markers: Texts that stand for missing values among numbers, and their counts until the first word.
        is_utf8: Whether all bytes seen so far are text.
    """

    texts: Texts
    types: set[pa.DataType] = field(default_factory=set)
    spellings: set[Spelling] = field(default_factory=set)
    markers: Counter[str] = field(default_factory=Counter)
    weak_markers: Counter[str] = field(default_factory=Counter)
    is_utf8: bool = True

    def add(self, array: pa.Array) -> None:
        """Record values of a canonical type."""
        if array.null_count == len(array):
            if not pa.types.is_string(array.type):
                self.types.add(array.type)
            return
        self.types.add(array.type)
        if pa.types.is_string(array.type) and self.texts != "texts":
            self._add_texts(array.drop_null())
        elif pa.types.is_binary(array.type) and self.is_utf8:
            self.is_utf8 = _is_utf8(array)

    def _add_texts(self, array: pa.Array) -> None:
        texts = pc.utf8_trim_whitespace(array)
        rest = _take_out(texts, ALWAYS_MISSING, self.markers)
        if Spelling.TEXT in self.spellings:
            return
        rest = _take_out(rest, MISSING_AMONG_NUMBERS, self.weak_markers)
        self.spellings |= find_spellings(rest, self.spellings, dates_only=self.texts == "dates")

    def votes(self) -> Mark | None:
        """Return the decimal mark that the numbers of this column require, if that is certain."""
        if not self.spellings <= NUMBERS:
            return None
        point, comma = bool(self.spellings & ONLY_POINT), bool(self.spellings & ONLY_COMMA)
        return None if point == comma else "." if point else ","

    def decide(self, mark: Mark, *, is_certain: bool = False, like: pa.DataType | None = None) -> ColumnType:
        """Decide on the type.

        Args:
            mark: Decimal mark to use if the column allows both.
            is_certain: Whether numbers with the other mark are texts.
            like: Type of the same column in other data, used if it can hold the values.
        """
        own = self._decide_texts(mark, is_certain=is_certain)
        others = {kind for kind in self.types if not pa.types.is_string(kind)}
        if self.is_utf8 and pa.binary() in others:
            others = others - {pa.binary()} | {pa.string()}
        kind = unify([*others, own.type])
        if like is not None and _holds(like, kind):
            kind = like
        if pa.types.is_null(kind):
            kind = pa.string()
        if pa.types.is_string(kind):
            return ColumnType(kind, markers=self.markers if self.texts == "anything" else {})
        return ColumnType(kind, own.decimal, self.markers + self.weak_markers, own.note)

    def _decide_texts(self, mark: Mark, *, is_certain: bool) -> ColumnType:
        if pa.string() not in self.types:
            return ColumnType(pa.null())
        if self.texts == "texts":
            return ColumnType(pa.string())
        if not self.spellings:
            return ColumnType(pa.string() if self.weak_markers else pa.null())
        if self.spellings == {Spelling.TRUTH}:
            return ColumnType(pa.bool_())
        if self.spellings == {Spelling.MOMENT}:
            return ColumnType(MOMENT)
        if self.spellings == {Spelling.UTC_MOMENT}:
            return ColumnType(UTC_MOMENT)
        return self._decide_numbers(mark, is_certain=is_certain)

    def _decide_numbers(self, mark: Mark, *, is_certain: bool) -> ColumnType:
        if not self.spellings <= NUMBERS:
            return ColumnType(pa.string())
        if not is_certain:
            mark = self.votes() or mark
        if self.spellings & (ONLY_COMMA if mark == "." else ONLY_POINT):
            return ColumnType(pa.string())
        is_whole = self.spellings <= (WHOLE_WITH_POINT if mark == "." else WHOLE_WITH_COMMA)
        is_plain = self.spellings <= {
            Spelling.WHOLE,
            Spelling.POINT,
            Spelling.INFINITE,
            Spelling.POINT_OR_GROUPS,
        }
        note = (
            "" if is_plain and mark == "." else f"numbers with decimal {'point' if mark == '.' else 'comma'}"
        )
        return ColumnType(pa.int64() if is_whole else pa.float64(), mark, note=note)


def find_decimal_mark(columns: Iterable[ColumnEvidence], *, delimiter: str) -> Mark:
    """Return the decimal mark that most columns require, or else the one that suits the delimiter.

    >>> find_decimal_mark([], delimiter=";")
    ','
    """
    votes = Counter(vote for column in columns if (vote := column.votes()))
    if votes["."] != votes[","]:
        return "." if votes["."] > votes[","] else ","
    return "," if delimiter == ";" else "."


def decide_types(
    columns: Mapping[str, ColumnEvidence], *, given: str, delimiter: str, like: pa.Schema | None
) -> dict[str, ColumnType]:
    """Decide on the types of all columns.

    Args:
        columns: What was seen in each column.
        given: Decimal mark that the user set, or an empty string.
        delimiter: Delimiter of the file, or an empty string.
        like: Types of the same columns in other data, used if they can hold the values.
    """
    mark: Mark = (
        "," if given == "," else "." if given else find_decimal_mark(columns.values(), delimiter=delimiter)
    )
    known = {} if like is None else {field.name: field.type for field in like}
    return {
        name: evidence.decide(mark, is_certain=bool(given), like=known.get(name))
        for name, evidence in columns.items()
    }


def _holds(like: pa.DataType, kind: pa.DataType) -> bool:
    """Whether values of type ``kind`` can be read as ``like``, the type of the same column in other data."""
    if pa.types.is_null(kind) or like == pa.string():
        return True
    return like == pa.float64() and kind == pa.int64()


def _take_out(texts: pa.Array, markers: pa.Array, counts: Counter[str]) -> pa.Array:
    """Count and remove markers of missing values."""
    marked = pc.is_in(texts, value_set=markers)
    if not pc.any(marked).as_py():
        return texts
    for entry in pc.value_counts(texts.filter(marked)).to_pylist():
        counts[entry["values"]] += entry["counts"]
    return texts.filter(pc.invert(marked))


def _is_utf8(array: pa.Array) -> bool:
    try:
        array.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True
