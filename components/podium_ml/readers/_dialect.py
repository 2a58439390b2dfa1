"""How a text file separates and quotes its fields, and where its table begins."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.csv as arrow_csv

from podium_ml.readers._cells import Row, filled, is_comment, is_filled, is_rule, is_value
from podium_ml.readers._layout import SAMPLE_ROWS, find_layout

DELIMITERS = (",", ";", "\t", "|")
# Texts hold these too, so they count only if no other delimiter does, and every row has as many fields.
_RARE = ("^", "~", " ")
_FEWEST_ROWS = 4
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space", ":": "colon"}
_SAMPLE_CELLS = 40_000
_FEWEST_SAMPLED = 20
_NEARLY_ALL = 0.9
_FEWEST_BLANKS = 4
# What may be left at the end of a file: the end mark of old systems, and padding.
_END = "\x1a\x00 \t\r\n"


@dataclass(frozen=True)
class Dialect:
    r"""How a text file writes its fields.

    Attributes:
        delimiter: Character between fields.
        quote: Character around fields that contain a delimiter; empty if there is none.
        escape: Character before a quote inside quotes, if quotes are not doubled.
        is_spaced: Whether a blank follows each delimiter and is no part of the field.
        skipped: Number of lines before the column names, e.g. 1 for the ``sep=;`` that Excel writes.
        extra_names: Number of rows of units and descriptions below the column names, with the blank ones among them.
        surplus: Number of delimiters that end each row but not the column names.
        is_uneven: Whether only some rows end with delimiters for which there are no column names.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    is_spaced: bool = False
    skipped: int = 0
    extra_names: int = 0
    surplus: int = 0
    is_uneven: bool = False

    def parse_options(self, on_ragged: "RaggedHandler") -> arrow_csv.ParseOptions:
        """Return Arrow's parse options; ``on_ragged`` handles rows with too many or too few fields."""
        return arrow_csv.ParseOptions(
            delimiter=self.delimiter,
            quote_char=self.quote or False,
            escape_char=self.escape or False,
            newlines_in_values=True,
            invalid_row_handler=on_ragged,
        )

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Return the rows of lines, each with the number of lines before it; blank lines are empty rows.

        They end early at a field that is too long for Python's reader.
        """
        reader = csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            escapechar=self.escape or None,
            doublequote=not self.escape,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            skipinitialspace=self.is_spaced,
        )
        line = 0
        try:
            for row in reader:
                yield line, [cell.rstrip() for cell in row] if self.is_spaced else row
                line = reader.line_num
        except csv.Error:
            return


@dataclass(frozen=True)
class Fit:
    """How well a dialect fits a sample.

    Attributes:
        columns: Number of fields in the first row.
        share: Share of the rows with the same number of fields.
    """

    columns: int
    share: float

    @property
    def is_table(self) -> bool:
        """Whether there are several columns, and at least half of the rows have all of them."""
        return self.columns > 1 and self.share >= 0.5


@dataclass(frozen=True)
class RaggedRow:
    """A row with too many or too few fields.

    Attributes:
        number: Its number, with the lines above the column names but without blank lines below them.
        expected: Number of fields that it should have.
        actual: Number of fields that it has.
        text: Its text.
    """

    number: int
    expected: int
    actual: int
    text: str


class RaggedHandler:
    """Leaves out rows with too many or too few fields and keeps them, unless they are comments; stops at too many."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self.rows: list[RaggedRow] = []
        self.comments = 0
        self.count = 0

    def __call__(self, row: "arrow_csv.InvalidRow") -> str:
        """Record a row, and return Arrow's keyword for what to do with it."""
        if is_comment([row.text]):
            self.comments += 1
            return "skip"
        if not row.text.strip(_END):
            return "skip"
        self.count += 1
        if len(self.rows) < self._most:
            self.rows.append(RaggedRow(row.number, row.expected_columns, row.actual_columns, row.text))
        return "skip" if self.count <= self._most else "error"


@dataclass(frozen=True)
class Top:
    """What the user says about the first lines of a file.

    Attributes:
        lines: Number of lines to skip.
        is_header: Whether the next line holds the column names, so that they need not be looked for.
        extra_rows: Whether units below the column names are rows like others.
    """

    lines: int = 0
    is_header: bool = False
    extra_rows: bool = False


def find_dialect(
    sample: bytes, *, delimiter: str = "", preferred: str = ",", top: Top | None = None
) -> Dialect:
    r"""Infer the dialect of a text file, and where its column names are.

    Args:
        sample: First lines of the file, UTF-8.
        delimiter: The delimiter, if the user set one.
        preferred: The delimiter to choose if several fit equally well.
        top: What the user says about the first lines.

    >>> find_dialect(b"a;b\n1,5;2\n").delimiter
    ';'
    """
    top, skipped = top or Top(), 0
    if declared := re.match(rb"(?:\xef\xbb\xbf)?\"?sep=(.)\"?\r?\n", sample):
        sample, skipped = sample[declared.end() :], 1
        delimiter = delimiter or declared[1].decode()
    more = max(0, top.lines - skipped)
    found = _find(_without_lines(sample, more), delimiter, preferred, top)
    return replace(found, skipped=found.skipped + skipped + more)


def fit(sample: bytes, dialect: Dialect) -> Fit:
    """Measure how well a dialect fits a sample whose first row holds the column names."""
    if dialect.is_spaced:
        lengths = [len(row) for row in first_rows(sample, dialect)[1] if row]
        return Fit(lengths[0], lengths.count(lengths[0]) / len(lengths)) if lengths else Fit(0, 0.0)
    ragged = RaggedHandler(most=len(sample))
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(sample),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, autogenerate_column_names=True, block_size=len(sample) + 1
            ),
            parse_options=dialect.parse_options(ragged),
            convert_options=arrow_csv.ConvertOptions(check_utf8=False),
        )
    except pa.ArrowInvalid:
        return Fit(0, 0.0)
    # The sample may end in the middle of a row.
    cut_short = not sample.endswith((b"\n", b"\r")) and ragged.count > 0
    rows = table.num_rows + ragged.count - cut_short
    return Fit(table.num_columns, table.num_rows / rows if rows else 0.0)


def first_rows(sample: bytes, dialect: Dialect) -> tuple[list[int], list[Row]]:
    """Return the first rows of a sample, blank ones included, and the number of lines before each."""
    text = io.StringIO(sample.decode("utf-8", errors="replace").removeprefix("\ufeff"), newline="")
    lines: list[int] = []
    rows: list[Row] = []
    cells = 0
    for line, row in dialect.rows(text):
        lines.append(line)
        rows.append(row)
        cells += len(row)
        if len(rows) >= SAMPLE_ROWS or (cells > _SAMPLE_CELLS and len(rows) >= _FEWEST_SAMPLED):
            break
    return lines, rows


def spell(delimiter: str) -> str:
    r"""Return the name of a delimiter for messages.

    >>> spell("\t")
    'tab'
    """
    return f"{_NAMES[delimiter]} ({delimiter})" if delimiter in ",;|:" else _NAMES.get(delimiter, delimiter)


def _find(sample: bytes, delimiter: str, preferred: str, top: Top) -> Dialect:
    delimiters = [delimiter] if delimiter else [preferred, *(d for d in DELIMITERS if d != preferred)]
    spaced = [Dialect(d, is_spaced=True) for d in delimiters if _quotes_after_blanks(sample, d)]
    plain = [Dialect(d, quote) for quote in _quotes(sample) for d in delimiters]
    best, is_table = _best(sample, [*spaced, *plain])
    if best.quote and not best.is_spaced and b"\\" + best.quote.encode() in sample:
        best, is_table = _best(sample, [best, replace(best, escape="\\")])
    if best.quote and _quotes_are_letters(sample, best):
        best = replace(best, quote="", escape="")
    placed = _place(sample, best, top)
    if not is_table or placed.share < 1 or _begins_with_values(sample, best):
        others = [placed, *(_place(sample, one, top) for one in [*spaced, *plain] if one != best)]
        sure = [one for one in others if one.columns > 1 and one.is_sure and one.share >= 0.5]
        if sure and not (is_table and placed.share > max(one.share for one in sure)):
            placed = max(sure, key=lambda one: (round(one.share, 2), one.columns))
    if placed.columns == 1 and not delimiter:
        placed = _with_rare_delimiter(sample, top) or placed
    found = placed.dialect
    if placed.columns > 1 and not found.is_spaced and _all_after_blanks(sample, found):
        found = replace(found, is_spaced=True)
    return found


def _with_rare_delimiter(sample: bytes, top: Top) -> "_Placed | None":
    """Return the dialect with a rare delimiter that makes a table without any exception; ``None`` if there is none."""
    if len(sample.splitlines()) < _FEWEST_ROWS:
        return None
    found = [_place(sample, Dialect(one, is_spaced=one == " "), top) for one in _RARE]
    return next((one for one in found if one.columns > 1 and one.share == 1.0), None)


@dataclass(frozen=True)
class _Placed:
    """A dialect, and how well the table fits that begins where its column names seem to be.

    Attributes:
        dialect: The dialect.
        columns: Number of column names.
        share: Share of the rows with as many fields.
        is_sure: Whether there is evidence for the place of the column names.
    """

    dialect: Dialect
    columns: int
    share: float
    is_sure: bool


def _place(sample: bytes, dialect: Dialect, top: Top) -> _Placed:
    """Find the column names, the units below them and delimiters at the end of all rows."""
    lines, rows = first_rows(sample, dialect)
    first = next((at for at, row in enumerate(rows) if row), None)
    if first is None:
        return _Placed(dialect, 0, 0.0, is_sure=False)
    layout = find_layout(rows, header=first if top.is_header else None, units=not top.extra_rows)
    columns = len(rows[layout.header])
    below = [row for row in rows[layout.body :] if row]
    surplus = _count_surplus(columns, below)
    if any(columns <= len(row) < columns + surplus for row in below):
        surplus = 0
    longer = [row for row in below if len(row) > columns + surplus]
    is_uneven = bool(longer) and not any(is_filled(cell) for row in longer for cell in row[columns:])
    fitting = sum(len(row) == columns + surplus or (is_uneven and len(row) > columns) for row in below)
    share = fitting / len(below) if below else 1.0
    placed = replace(
        dialect,
        skipped=lines[layout.header],
        extra_names=layout.body - layout.header - 1,
        surplus=surplus,
        is_uneven=is_uneven,
    )
    return _Placed(placed, columns, share, is_sure=layout.is_sure or surplus > 0 or is_uneven)


def _count_surplus(columns: int, below: list[Row]) -> int:
    """Return how many empty fields nearly all rows have at their end that the column names have not."""
    if not below:
        return 0
    length, count = Counter(len(row) for row in below).most_common(1)[0]
    if length <= columns or count < _NEARLY_ALL * len(below):
        return 0
    is_empty = not any(is_filled(cell) for row in below if len(row) == length for cell in row[columns:])
    return length - columns if is_empty else 0


def _begins_with_values(sample: bytes, dialect: Dialect) -> bool:
    row = next((row for row in first_rows(sample[:_SAMPLE_CELLS], dialect)[1] if row), ())
    return is_comment(row) or any(map(is_value, filled(row)))


def _without_lines(sample: bytes, count: int) -> bytes:
    for _ in range(count):
        found = re.search(rb"\r\n|\n|\r", sample)
        sample = sample[found.end() :] if found else b""
    return sample


def _quotes(sample: bytes) -> tuple[str, ...]:
    """Return the quotes to try: single quotes only if they enclose whole fields and no field has double quotes."""
    single = len(re.findall(rb"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", sample, re.MULTILINE))
    opened = len(re.findall(rb"(?:^|[,;\t|])'", sample, re.MULTILINE))
    double = len(re.findall(rb"(?:^|[,;\t|])\"", sample, re.MULTILINE))
    if single >= 2 and single >= 0.9 * opened and not double:
        return ("'",)
    enclosing = rb"(?:^|[,;\t|])\"(?:[^\"\n]|\"\")*\"(?=[,;\t|\r\n]|$)"
    # Where all double quotes at the start of a field enclose the whole field, they are quotes for certain.
    return ('"', "") if double != len(re.findall(enclosing, sample, re.MULTILINE)) else ('"',)


def _quotes_after_blanks(sample: bytes, delimiter: str) -> bool:
    """Whether blanks stand between delimiters and the quotes of the fields that follow."""
    mark = re.escape(delimiter.encode())
    opened = len(re.findall(mark + rb" +\"", sample))
    whole = len(
        re.findall(mark + rb" +\"(?:[^\"\n]|\"\")*\" *(?=[\r\n]|$|" + mark + rb")", sample, re.MULTILINE)
    )
    return opened >= 2 and whole >= _NEARLY_ALL * opened


def _quotes_are_letters(sample: bytes, dialect: Dialect) -> bool:
    """Whether quotes that open a field close in the middle of another, and without quotes each line is a row."""
    mark, quote = re.escape(dialect.delimiter.encode()), re.escape(dialect.quote.encode())
    whole = quote + rb"(?:[^" + quote + rb"]|" + quote + quote + rb")*+" + quote
    if not re.search(
        rb"(?:^|" + mark + rb")" + whole + rb"(?! *(?:" + mark + rb"|[\r\n]|$))", sample, re.MULTILINE
    ):
        return False
    bare, quoted = fit(sample, replace(dialect, quote="", escape="")), fit(sample, dialect)
    return bare.is_table and bare.share == 1.0 and bare.columns == quoted.columns


def _all_after_blanks(sample: bytes, dialect: Dialect) -> bool:
    """Whether a blank follows every delimiter outside of quotes."""
    if dialect.delimiter in (" ", "\t") or dialect.delimiter.encode() + b" " not in sample:
        return False
    rows = first_rows(sample, dialect)[1][dialect.skipped :]
    cells = [cell for row in rows if not is_rule(row) for cell in row[1:] if cell]
    return len(cells) >= _FEWEST_BLANKS and all(cell.startswith(" ") for cell in cells)


def _best(sample: bytes, candidates: Iterable[Dialect]) -> tuple[Dialect, bool]:
    """Return the best candidate by the share of equal rows, then by the number of columns; the first wins ties.

    With it goes whether the sample is a table in this dialect whose first row holds the column names.
    """
    options = list(candidates)

    def rank(dialect: Dialect) -> tuple[bool, float, int]:
        fitting = fit(sample, dialect)
        return fitting.is_table, round(fitting.share, 2) if fitting.is_table else 0.0, fitting.columns

    ranks = [rank(dialect) for dialect in options]
    best = max(ranks)
    return (options[ranks.index(best)], True) if best[0] else (options[0], False)
