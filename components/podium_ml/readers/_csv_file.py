"""What is known about a delimited text file before its rows are read."""

from dataclasses import dataclass, field
from statistics import mode

import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.errors import DataError
from podium_ml.readers._batches import empty_batch
from podium_ml.readers._cells import Row, filled, show
from podium_ml.readers._dialect import Dialect, first_rows
from podium_ml.readers._encoding import Encoding
from podium_ml.readers._layout import folded_row
from podium_ml.readers._rows import LeftOut
from podium_ml.readers._source_file import SourceFile


@dataclass(frozen=True)
class CsvFile:
    """A delimited text file, how it is written, and its first rows.

    Attributes:
        source: The file.
        encoding: Its encoding.
        dialect: Its dialect.
        names: The column names.
        keeps_extra_rows: Whether rows that are no data are rows like others.
        above: Rows above the column names.
        units: Rows of units and descriptions below them.
        sample: The first rows of data that have as many fields as there are names.
        usual_fields: Number of fields that most of the first rows have.
        header_lines: Number of lines up to the column names and with them.
    """

    source: SourceFile
    encoding: Encoding
    dialect: Dialect
    names: list[str]
    keeps_extra_rows: bool = False
    above: list[Row] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)
    sample: list[Row] = field(default_factory=list)
    usual_fields: int = 0
    header_lines: int = 0

    @classmethod
    def begin(
        cls,
        source: SourceFile,
        encoding: Encoding,
        dialect: Dialect,
        names: list[str],
        *,
        sample: bytes,
        keeps_extra_rows: bool,
    ) -> "CsvFile":
        """Collect what the first lines of a file say about it."""
        lines, rows = first_rows(sample, dialect)
        header = next(
            (at for at, line in enumerate(lines) if line >= dialect.skipped and rows[at]), len(rows)
        )
        body = header + 1 + dialect.extra_names
        data = [row for row in rows[body:] if filled(row)]
        return cls(
            source,
            encoding,
            dialect,
            names,
            keeps_extra_rows,
            above=[row for row in rows[:header] if filled(row)],
            units=[row for row in rows[header + 1 : body] if filled(row)],
            sample=[row[: len(names)] for row in data if len(row) == len(names) + dialect.surplus],
            usual_fields=mode(len(row) for row in data) if data else len(names),
            header_lines=lines[header + 1] if header + 1 < len(lines) else dialect.skipped + 1,
        )

    @property
    def raw_names(self) -> list[str]:
        """The column names, and an empty one for each delimiter at the end of all rows."""
        return self.names + [""] * self.dialect.surplus

    @property
    def no_rows(self) -> pa.RecordBatch:
        """The column names without rows."""
        return empty_batch(pa.schema([(name, pa.string()) for name in self.names]))

    def repeats(self, row: Row) -> bool:
        """Whether a row repeats the column names or another row that is above the data."""
        if self.keeps_extra_rows or len(self.names) < 2:
            return False
        return folded_row(row) in [folded_row(known) for known in self._known]

    def without_surplus(self, row: Row) -> Row:
        """Return a row without the empty fields that end all rows."""
        names, surplus = len(self.names), self.dialect.surplus
        is_longer = len(row) > names and self.dialect.is_uneven and not filled(row[names:])
        return row[:names] if is_longer or (surplus and len(row) == names + surplus) else row

    def without_extra(self, batch: pa.RecordBatch, left_out: LeftOut) -> pa.RecordBatch:
        """Return a batch without repeated column names and without the fields beyond the last name.

        Raises:
            DataError: A field beyond the last name is not empty.
        """
        for column in batch.columns[len(self.names) :]:
            full = pc.index(pc.equal(pc.utf8_trim_whitespace(column), ""), False).as_py()
            if full >= 0:
                raise self.unnamed_error(column[full].as_py())
        batch = batch.select(list(range(len(self.names))))
        if self.keeps_extra_rows or len(self.names) < 2:
            return batch
        for known in self._known:
            if len(known) == len(self.names):
                batch, count = _without(batch, known)
                left_out.repeats += count if known is self.names else 0
        return batch

    def unnamed_error(self, value: str) -> DataError:
        """Return the error for a value in a column without a name."""
        return DataError(
            f"{self.source.label}: the value {show([value])!r} is in a column without a name.",
            f"Name every column in line {self.dialect.skipped + 1}; --header-row says where other names are.",
        )

    @property
    def _known(self) -> list[list[str]]:
        return [self.names, *(list(row) for row in [*self.above, *self.units])]


def _without(batch: pa.RecordBatch, row: list[str]) -> tuple[pa.RecordBatch, int]:
    """Return a batch without the rows that equal a given one but for capitals, and their number."""
    same = pc.is_in(batch.column(0), value_set=_variants("\ufeff" + row[0], row[0]))
    for at in range(1, len(row)):
        if not pc.any(same).as_py():
            return batch, 0
        same = pc.and_(same, pc.is_in(batch.column(at), value_set=_variants(row[at])))
    count = pc.sum(same).as_py() or 0
    return (batch.filter(pc.invert(same)), count) if count else (batch, 0)


def _variants(*texts: str) -> pa.Array:
    written = [text.strip() for text in texts] + list(texts)
    return pa.array({form for text in written for form in (text, text.lower(), text.upper(), text.title())})
