"""How a text file separates and quotes its fields."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.csv as arrow_csv

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space", ":": "colon"}


@dataclass(frozen=True)
class Dialect:
    r"""How a text file writes its fields.

    Attributes:
        delimiter: Character between fields.
        quote: Character around fields that contain a delimiter; empty if there is none.
        escape: Character before a quote inside quotes, if quotes are not doubled.
        skipped: Number of lines before the column names, e.g. 1 for the ``sep=;`` that Excel writes.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skipped: int = 0

    def parse_options(self, on_ragged: "RaggedHandler") -> arrow_csv.ParseOptions:
        """Return Arrow's parse options; ``on_ragged`` handles rows with too many or too few fields."""
        return arrow_csv.ParseOptions(
            delimiter=self.delimiter,
            quote_char=self.quote or False,
            escape_char=self.escape or False,
            newlines_in_values=True,
            invalid_row_handler=on_ragged,
        )


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


class RaggedHandler:
    """Counts rows with too many or too few fields and keeps the first; then either skips them or stops."""

    def __init__(self, *, stop: bool) -> None:
        self._answer = "error" if stop else "skip"
        self.count = 0
        self.first: arrow_csv.InvalidRow | None = None

    def __call__(self, row: "arrow_csv.InvalidRow") -> str:
        """Record a row, and return Arrow's keyword for what to do with it."""
        self.count += 1
        self.first = self.first or row
        return self._answer


def find_dialect(sample: bytes, *, delimiter: str = "", preferred: str = ",") -> Dialect:
    r"""Infer the dialect of a text file.

    Args:
        sample: First lines of the file, UTF-8.
        delimiter: The delimiter, if the user set one.
        preferred: The delimiter to choose if several fit equally well.

    >>> find_dialect(b"a;b\n1,5;2\n").delimiter
    ';'
    """
    if declared := re.match(rb"(?:\xef\xbb\xbf)?\"?sep=(.)\"?\r?\n", sample):
        rest = find_dialect(sample[declared.end() :], delimiter=delimiter or declared[1].decode())
        return replace(rest, skipped=1)
    delimiters = [delimiter] if delimiter else [preferred, *(d for d in DELIMITERS if d != preferred)]
    candidates = [Dialect(d, quote) for quote in _quotes(sample) for d in delimiters]
    best = _best(sample, candidates)
    if b"\\" + best.quote.encode() in sample and best.quote:
        best = _best(sample, [best, replace(best, escape="\\")])
    return best


def fit(sample: bytes, dialect: Dialect) -> Fit:
    """Measure how well a dialect fits a sample."""
    ragged = RaggedHandler(stop=False)
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


def spell(delimiter: str) -> str:
    r"""Return the name of a delimiter for messages.

    >>> spell("\t")
    'tab'
    """
    return f"{_NAMES[delimiter]} ({delimiter})" if delimiter in ",;|:" else _NAMES.get(delimiter, delimiter)


def _quotes(sample: bytes) -> tuple[str, ...]:
    """Return the quotes to try: single quotes only if they enclose whole fields and no field has double quotes."""
    single = len(re.findall(rb"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", sample, re.MULTILINE))
    opened = len(re.findall(rb"(?:^|[,;\t|])'", sample, re.MULTILINE))
    double = re.search(rb"(?:^|[,;\t|])\"", sample, re.MULTILINE)
    if single >= 2 and single >= 0.9 * opened and not double:
        return ("'",)
    return ('"', "") if double else ('"',)


def _best(sample: bytes, candidates: Iterable[Dialect]) -> Dialect:
    """Return the best candidate by the share of equal rows, then by the number of columns; the first wins ties."""
    options = list(candidates)

    def rank(dialect: Dialect) -> tuple[bool, float, int]:
        fitting = fit(sample, dialect)
        return fitting.is_table, round(fitting.share, 2) if fitting.is_table else 0.0, fitting.columns

    ranks = [rank(dialect) for dialect in options]
    best = max(ranks)
    return options[ranks.index(best)] if best[0] else options[0]
