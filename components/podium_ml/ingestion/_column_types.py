"""Deciding once how each column is read, from all of its values and from the other columns of the file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.contracts.reading import Mark, Reading
from podium_ml.ingestion._canonical import MOMENT, UTC_MOMENT, unify
from podium_ml.ingestion._spellings import (
    CLUES,
    NUMBERS,
    ONLY_COMMA,
    ONLY_POINT,
    WHOLE,
    WHOLE_WITH_COMMA,
    WHOLE_WITH_POINT,
    Spelling,
    find_spellings,
)
from podium_ml.ingestion.column_hints import ColumnHints
from podium_ml.values.decimal_marks import Clue, Decision, MaybeMark, certain_mark, decide_mark
from podium_ml.values.decimal_marks import doubt as doubt_of_mark
from podium_ml.values.missing_markers import (
    ALWAYS,
    AMONG_NUMBERS,
    MOST_NUMBERS,
    classes_among_markers,
    doubt_of_classes,
    values_among_markers,
)
from podium_ml.values.versions import MOST_VERSIONS, are_versions

Texts = Literal["anything", "dates", "texts"]

_TYPES = {str(kind): kind for kind in (pa.bool_(), pa.int64(), pa.float64(), pa.string(), MOMENT, UTC_MOMENT)}
_MOST_LABELS, _LONGEST_MARKER = 1_000, 60
# So many texts tell whether a column repeats its texts.
_PROBE = 512
# Whole numbers of fewer digits are exact as floats.
_LONG_DIGITS, _LARGEST_EXACT = 16, 2**53
_PLAIN = WHOLE | {Spelling.POINT, Spelling.INFINITE, Spelling.POINT_OR_GROUPS}


@dataclass(frozen=True)
class ColumnType:
    """How a column is read.

    Attributes:
        type: Arrow type.
        decimal: Decimal mark of numbers in text.
        markers: Texts that stand for missing values, such as ``NA``, and their counts.
        note: How the values are read, worded for the user; empty if that is obvious.
        reading: The decision as later rows need it.
    """

    type: pa.DataType
    decimal: Mark = "."
    markers: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    reading: Reading = field(default_factory=Reading)


@dataclass
class ColumnEvidence:
    """What the values of a column look like, updated batch by batch.

    Attributes:
        texts: What text values may be; see ``Reader.texts``.
        missing: Texts that stand for missing values, chosen by the user.
        may_hold_labels: Whether the values may be classes, which are then counted.
        types: Canonical types seen.
        spellings: Spellings of the texts seen.
        markers: Texts that stand for missing values, and their counts.
        weak_markers: Texts that stand for missing values among numbers, and their counts until the first word.
        labels: Distinct texts, apart from markers; ``None`` if they are too many or not wanted.
        decimals: Distinct numbers with decimals, and others in the same batches; ``None`` if they are too many.
        is_long: Whether some whole numbers have so many digits that floats cannot tell them apart.
        example: A number whose mark may group thousands or not.
        has_gaps: Whether values are missing.
        rows: Number of values.
        is_category: Whether the data say that the values are categories.
        is_utf8: Whether all bytes seen so far are text.
        is_mixed: Whether some texts were numbers, dates or booleans in the file; such numbers have decimal points.
    """

    texts: Texts
    missing: tuple[str, ...] = ()
    may_hold_labels: bool = False
    types: set[pa.DataType] = field(default_factory=set)
    spellings: set[Spelling] = field(default_factory=set)
    markers: Counter[str] = field(default_factory=Counter)
    weak_markers: Counter[str] = field(default_factory=Counter)
    labels: set[str] | None = field(default_factory=set)
    decimals: set[str] | None = field(default_factory=set)
    is_long: bool = False
    has_gaps: bool = False
    example: str = ""
    rows: int = 0
    is_category: bool = False
    is_utf8: bool = True
    is_mixed: bool = False

    def __post_init__(self) -> None:
        chosen = {*self.missing, ""} if self.missing else ALWAYS
        self._always = pa.array(sorted(chosen))
        self._weak = pa.array(sorted((ALWAYS | AMONG_NUMBERS) - chosen))

    def add(self, array: pa.Array, *, mixed: bool = False) -> None:
        """Record values of a canonical type.

        Args:
            array: The values.
            mixed: Whether they were texts, numbers, dates and booleans in the file, and are all texts now.
        """
        if mixed:
            self.texts, self.is_mixed = "anything", True
        self.rows += len(array)
        self.has_gaps = self.has_gaps or array.null_count > 0
        if array.null_count == len(array):
            if not pa.types.is_string(array.type):
                self.types.add(array.type)
            return
        self.types.add(array.type)
        if pa.types.is_string(array.type):
            self._add_texts(array.drop_null())
        elif pa.types.is_integer(array.type):
            self.is_long = self.is_long or _is_long(array)
        elif pa.types.is_binary(array.type) and self.is_utf8:
            self.is_utf8 = _is_utf8(array)

    def _add_texts(self, array: pa.Array) -> None:
        if self.texts == "texts":  # long texts need not be looked at
            array = array.filter(pc.less_equal(pc.binary_length(array), _LONGEST_MARKER))
        array, counts = _distinct(array)
        texts = pc.utf8_trim_whitespace(array)
        rest, counts = _take_out(texts, counts, self._always, self.markers)
        if self.texts == "texts" or (Spelling.TEXT in self.spellings and not self.may_hold_labels):
            return
        rest, _ = _take_out(rest, counts, self._weak, self.weak_markers)
        if self.may_hold_labels:
            self._add_labels(rest)
        found = find_spellings(rest, self.spellings, dates_only=self.texts == "dates")
        self.spellings |= found
        if Spelling.LONG in found:
            self.is_long = self.is_long or pc.max(pc.binary_length(rest)).as_py() >= _LONG_DIGITS
        if Spelling.POINT in found and self.decimals is not None:
            self.decimals.update(rest.unique().to_pylist())
            if len(self.decimals) > MOST_VERSIONS:
                self.decimals = None
        if not self.example and found & {Spelling.POINT_OR_GROUPS, Spelling.COMMA_OR_GROUPS}:
            self.example = _first_with_mark(rest)

    def _add_labels(self, texts: pa.Array) -> None:
        if self.labels is not None:
            self.labels.update(texts.unique().to_pylist())
            if len(self.labels) > _MOST_LABELS:
                self.labels = None

    @property
    def clues(self) -> Counter[Clue]:
        """What the numbers of the column tell about its decimal mark; nothing if it holds other texts."""
        if self.texts != "anything" or self.is_mixed or not self.spellings <= NUMBERS:
            return Counter()
        return Counter({CLUES[spelling]: 1 for spelling in self.spellings if spelling in CLUES})

    @property
    def has_marks(self) -> bool:
        """Whether the column holds numbers in text with a decimal mark or groups of thousands."""
        return any(clue not in (Clue.SHORT, Clue.LONG) for clue in self.clues)

    @property
    def holds_labels(self) -> bool:
        """Whether the texts may be classes, and the user did not say which of them stand for missing values."""
        if not self.may_hold_labels or self.texts != "anything" or self.missing or self.labels is None:
            return False
        return len(self.labels) <= MOST_NUMBERS or not self.spellings <= NUMBERS

    def votes(self) -> MaybeMark:
        """Return the decimal mark that the numbers of this column require, if that is certain."""
        return certain_mark(self.clues)

    def decide(self, decision: Decision) -> ColumnType:
        """Decide on the type, given the decimal mark; all markers stand for missing values."""
        own = self._decide_texts(decision.mark)
        if decision.mark == "." and self.decimals and are_versions(self.decimals):
            return self.decide_text()
        kind = self._unified(own.type)
        # A missing value would turn the column into floats.
        if self.is_long and kind == pa.int64() and (self.has_gaps or self.markers or self.weak_markers):
            return self.decide_text()
        if pa.types.is_null(kind):
            kind = pa.string()
        if pa.types.is_string(kind):
            return ColumnType(kind, decision.mark, self.markers)
        unsure = "" if decision.is_sure or not self.example else doubt_of_mark(self.example, decision.mark)
        markers = self.markers + self.weak_markers
        return ColumnType(kind, decision.mark, markers, own.note, Reading(doubt=unsure))

    def decide_text(self) -> ColumnType:
        """Return the type of a column whose texts stay texts."""
        return ColumnType(self._unified(pa.string()), markers=self.markers)

    def follow(self, reading: Reading) -> ColumnType:
        """Return the type of a column whose reading was decided on other rows.

        If some texts cannot be read so, all remain texts, and whoever uses them can say which these are.
        """
        mark: Mark = "." if self.is_mixed else reading.decimal or "."
        like = _TYPES[reading.type]
        own = pa.string() if pa.types.is_string(like) else self._decide_texts(mark).type
        if pa.string() not in self.types or pa.types.is_null(own):
            own = pa.null()
        elif not _reads_as(like, own):
            own = pa.string()
        kind = self._unified(own)
        if pa.types.is_null(kind) or (like == pa.float64() and kind == pa.int64()):
            kind = like
        markers = self.markers if pa.types.is_string(kind) else self.markers + self.weak_markers
        markers = Counter({text: count for text, count in markers.items() if text not in reading.kept})
        return ColumnType(kind, mark, markers, reading=reading)

    def kept(self, decided: ColumnType, elsewhere: frozenset[str]) -> frozenset[str]:
        """Return the markers that are values of the column.

        Args:
            decided: Its type if all markers stand for missing values.
            elsewhere: Markers that stand for missing numbers in other columns of the file.
        """
        if self.missing:
            return frozenset()
        if self.texts != "anything":
            return frozenset(self.markers) if pa.types.is_string(decided.type) else frozenset()
        if self.holds_labels and self.labels is not None:
            return classes_among_markers(
                self.markers + self.weak_markers,
                rows=self.rows,
                others=len(self.labels),
                are_numbers=self.spellings <= NUMBERS,
                elsewhere=elsewhere,
            )
        if pa.types.is_string(decided.type) and self.spellings:
            return values_among_markers(self.markers, rows=self.rows, elsewhere=elsewhere)
        return frozenset()

    def _unified(self, texts: pa.DataType) -> pa.DataType:
        """Return the type that holds the values of all types seen, and texts that are read as a type."""
        others = {kind for kind in self.types if not pa.types.is_string(kind)}
        if self.is_utf8 and pa.binary() in others:
            others = others - {pa.binary()} | {pa.string()}
        return unify([*others, texts])

    def _decide_texts(self, mark: Mark) -> ColumnType:
        if pa.string() not in self.types:
            return ColumnType(pa.null())
        if self.texts == "texts":
            return ColumnType(pa.string())
        if not self.spellings:
            return ColumnType(pa.string() if self.weak_markers else pa.null())
        if self.spellings == {Spelling.TRUTH}:
            return ColumnType(pa.bool_())
        if self.may_hold_labels and self.spellings <= {Spelling.MOMENT, Spelling.UTC_MOMENT}:
            return ColumnType(pa.string())  # classes stay as they are written
        if self.spellings == {Spelling.MOMENT}:
            return ColumnType(MOMENT)
        if self.spellings == {Spelling.UTC_MOMENT}:
            return ColumnType(UTC_MOMENT)
        return self._decide_numbers(mark)

    def _decide_numbers(self, mark: Mark) -> ColumnType:
        if not self.spellings <= NUMBERS:
            return ColumnType(pa.string())
        if self.spellings & (ONLY_COMMA if mark == "." else ONLY_POINT):
            return ColumnType(pa.string())
        is_whole = self.spellings <= (WHOLE_WITH_POINT if mark == "." else WHOLE_WITH_COMMA)
        is_plain = self.spellings <= _PLAIN and mark == "."
        note = "" if is_plain else f"numbers with decimal {'point' if mark == '.' else 'comma'}"
        return ColumnType(pa.int64() if is_whole else pa.float64(), mark, note=note)


def find_decimal_mark(columns: Iterable[ColumnEvidence]) -> MaybeMark:
    """Return the decimal mark that most columns require; empty if none does, or as many require the other."""
    votes = Counter(vote for column in columns if (vote := column.votes()))
    return "" if votes["."] == votes[","] else "." if votes["."] > votes[","] else ","


def decide_types(
    columns: Mapping[str, ColumnEvidence], *, given: str, delimiter: str, hints: ColumnHints
) -> dict[str, ColumnType]:
    """Decide how all columns are read.

    Args:
        columns: What was seen in each column.
        given: Decimal mark that the user set, or an empty string.
        delimiter: Delimiter of the file, or an empty string.
        hints: What was known before.
    """
    file: MaybeMark = "," if given == "," else "." if given else find_decimal_mark(columns.values())
    decided = {
        name: _decide(name, evidence, given=bool(given), file=file, delimiter=delimiter, hints=hints)
        for name, evidence in columns.items()
    }
    elsewhere = _missing_numbers(columns, decided)
    marks: set[Mark] = {column.decimal for name, column in decided.items() if columns[name].has_marks}
    common: MaybeMark = file or (marks.pop() if len(marks) == 1 else "")
    order = "day_first" if common == "," or delimiter == ";" else ""  # where numbers have a decimal comma
    return {
        name: column
        if name in hints.readings
        else _with_reading(columns[name], column, file=common, order=order, elsewhere=elsewhere)
        for name, column in decided.items()
    }


def _decide(
    name: str, evidence: ColumnEvidence, *, given: bool, file: MaybeMark, delimiter: str, hints: ColumnHints
) -> ColumnType:
    known = hints.readings.get(name)
    if known is not None and known.type in _TYPES:
        return evidence.follow(replace(known, decimal=file) if given else known)
    stays = evidence.is_category or name in hints.written
    if name in hints.texts or (stays and pa.string() in evidence.types):
        return evidence.decide_text()
    if evidence.is_mixed:
        return evidence.decide(Decision("."))
    if given and file:
        return evidence.decide(Decision(file))
    return evidence.decide(decide_mark(evidence.clues, file=file, delimiter=delimiter))


def _missing_numbers(
    columns: Mapping[str, ColumnEvidence], decided: Mapping[str, ColumnType]
) -> frozenset[str]:
    """Return the markers of columns of numbers and dates, where they cannot mean anything else."""
    return frozenset(
        marker
        for name, column in decided.items()
        if not pa.types.is_string(column.type) and not columns[name].may_hold_labels
        for marker in column.markers
    )


def _with_reading(
    evidence: ColumnEvidence, decided: ColumnType, *, file: MaybeMark, order: str, elsewhere: frozenset[str]
) -> ColumnType:
    """Keep the markers that are values of the column, and write the decision down for later rows."""
    kept = evidence.kept(decided, elsewhere)
    kind = pa.string() if kept else decided.type
    markers = Counter({text: count for text, count in decided.markers.items() if text not in kept})
    doubt = decided.reading.doubt
    if evidence.holds_labels:
        doubt = doubt_of_classes(kept, markers) or doubt
    reading = replace(
        decided.reading,
        doubt=doubt,
        type=str(kind),
        decimal=decided.decimal if evidence.has_marks else file,
        order=order if pa.types.is_string(kind) else "",
        missing=evidence.missing,
        kept=tuple(sorted(kept - {""})),
        category=evidence.is_category,
    )
    return replace(decided, type=kind, markers=markers, reading=reading)


def _reads_as(like: pa.DataType, kind: pa.DataType) -> bool:
    """Whether texts that look like values of one type may take it in a column that had another type in other rows."""
    if like == kind:
        return True
    numbers, moments = {pa.int64(), pa.float64()}, {MOMENT, UTC_MOMENT}
    return {like, kind} <= numbers or {like, kind} <= moments


def _first_with_mark(texts: pa.Array) -> str:
    for text in texts.to_pylist():
        if "." in text or "," in text:
            return str(text)
    return ""


def _distinct(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return distinct texts and how often each occurs, or all texts if few of them are repeated."""
    if len(texts) > _PROBE and len(texts.slice(0, _PROBE).unique()) <= _PROBE // 2:
        return pc.value_counts(texts).flatten()
    return texts, pa.array(np.ones(len(texts), dtype=np.int64))


def _take_out(
    texts: pa.Array, counts: pa.Array, markers: pa.Array, found: Counter[str]
) -> tuple[pa.Array, pa.Array]:
    """Count and remove markers of missing values."""
    marked = pc.is_in(texts, value_set=markers)
    if not pc.any(marked).as_py():
        return texts, counts
    for text, count in zip(texts.filter(marked).to_pylist(), counts.filter(marked).to_pylist(), strict=True):
        found[text] += count
    others = pc.invert(marked)
    return texts.filter(others), counts.filter(others)


def _is_long(numbers: pa.Array) -> bool:
    sizes = pc.min_max(numbers)
    return max(-sizes["min"].as_py(), sizes["max"].as_py()) > _LARGEST_EXACT


def _is_utf8(array: pa.Array) -> bool:
    try:
        array.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True
