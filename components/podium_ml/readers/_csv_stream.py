"""The rows of a delimited text file, read by Arrow, without what is no data."""

import io
import math
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from podium_ml.readers._cells import Row, filled, is_comment, measured_columns
from podium_ml.readers._csv_errors import check_last_quote, ragged_error, unreadable_error
from podium_ml.readers._csv_file import CsvFile
from podium_ml.readers._dialect import RaggedHandler
from podium_ml.readers._encoding import open_utf8
from podium_ml.readers._footer import TAIL_ROWS, Footer, number
from podium_ml.readers._rows import LeftOut, footer_of

if TYPE_CHECKING:
    from typing_extensions import Buffer

BLOCK = 8 * 1024 * 1024
_TAIL_BYTES = 32 * 1024


def stream_batches(file: CsvFile, left_out: LeftOut) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches.

    Args:
        file: The file.
        left_out: Gets what is left out; complete when all batches have been read.

    Raises:
        DataError: A row has too many or too few fields, and is neither a comment nor below the table.
    """
    ragged = RaggedHandler(most=TAIL_ROWS)
    held, rows, last = file.no_rows, 0, ""
    with open_utf8(file.source, file.encoding) as stream:
        tail = _Tail(stream)
        try:
            for batch in _open(cast(BinaryIO, io.BufferedReader(tail, BLOCK)), file, ragged):
                rows += batch.num_rows
                _check_ragged(file, ragged, rows)
                if batch.num_rows:
                    last = batch.column(batch.num_columns - 1)[-1].as_py()
                ready, held = _hold_back(held, file.without_extra(batch, left_out))
                yield from ready
        except pa.ArrowInvalid as error:
            raise unreadable_error(file, ragged, error) from error
    if "\n" in last:
        check_last_quote(file)
    left_out.comments = ragged.comments
    yield _without_footer(file, held, tail.rows(file), ragged, left_out)


def _open(stream: BinaryIO, file: CsvFile, ragged: RaggedHandler) -> arrow_csv.CSVStreamingReader:
    dialect, names = file.dialect, file.raw_names
    # Arrow counts rows only when it reads with one thread.
    return arrow_csv.open_csv(
        stream,
        read_options=arrow_csv.ReadOptions(
            use_threads=False,
            block_size=BLOCK,
            skip_rows=file.header_lines if dialect.surplus else dialect.skipped,
            skip_rows_after_names=dialect.extra_names,
            column_names=names if dialect.surplus else None,
        ),
        parse_options=dialect.parse_options(ragged),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _check_ragged(file: CsvFile, ragged: RaggedHandler, rows: int) -> None:
    """Raise an error for a ragged row that is followed by more rows than stand below a table."""
    if not ragged.rows:
        return
    before = ragged.rows[0].number - file.dialect.skipped
    if rows + ragged.count - before > 2 * TAIL_ROWS:
        raise ragged_error(file, ragged.rows[0])


def _hold_back(held: pa.RecordBatch, batch: pa.RecordBatch) -> tuple[list[pa.RecordBatch], pa.RecordBatch]:
    """Return the batches that are complete, and the last rows, which may be totals and notes."""
    if batch.num_rows < TAIL_ROWS:
        batch, held = pa.concat_batches([held, batch]), held.slice(0, 0)
    cut = max(0, batch.num_rows - TAIL_ROWS)
    ready = [one for one in (held, batch.slice(0, cut)) if one.num_rows]
    return ready, batch.slice(cut)


def _without_footer(
    file: CsvFile, held: pa.RecordBatch, tail: list[Row], ragged: RaggedHandler, left_out: LeftOut
) -> pa.RecordBatch:
    """Return the last rows without totals and notes.

    Raises:
        DataError: A row with too many or too few fields is above them.
    """
    columns = len(file.names)
    rows = [row for row in (file.without_surplus(row) for row in tail) if not _is_passed_over(row, file)]
    whole = [row for row in rows if len(row) == columns]
    found = Footer()
    if not file.keeps_extra_rows and held.num_rows and whole[-1:] == [_last_row(held)]:
        found = footer_of(rows[-TAIL_ROWS:], file.sample, columns, sums=lambda: _sum_columns(file))
    start = len(rows) - found.rows
    while found.rows and start and not filled(rows[start - 1]):
        start -= 1
    footer = rows[start:]
    cut = sum(len(row) == columns for row in footer)
    if ragged.count > sum(len(row) != columns for row in footer if row):
        raise ragged_error(file, ragged.rows[0])
    left_out.footer, left_out.doubtful = [row for row in footer if filled(row)], found.doubtful
    return held.slice(0, max(0, held.num_rows - cut))


def _is_passed_over(row: Row, file: CsvFile) -> bool:
    is_ragged = len(row) != len(file.names)
    return (is_ragged and is_comment(row)) or file.repeats(row)


def _last_row(batch: pa.RecordBatch) -> list[str]:
    return [column[-1].as_py() for column in batch.columns]


def _sum_columns(file: CsvFile) -> dict[int, float]:
    """Read the file once more, and return the sum of each column of numbers."""
    sums = dict.fromkeys(measured_columns(file.sample, share=0.8), 0.0)
    with open_utf8(file.source, file.encoding) as stream:
        for batch in _open(stream, file, RaggedHandler(most=sys.maxsize)):
            rows = file.without_extra(batch, LeftOut())
            for at in sums:
                sums[at] += _sum(rows.column(at))
    return sums


def _sum(column: pa.Array) -> float:
    """Return the sum of the numbers in a column of texts."""
    texts = pc.utf8_trim_whitespace(column)
    texts = texts.filter(pc.not_equal(texts, ""))
    try:
        return pc.sum(texts.cast(pa.float64())).as_py() or 0.0
    except pa.ArrowInvalid:
        return math.fsum(value for value in map(number, texts.to_pylist()) if not math.isnan(value))


class _Tail(io.RawIOBase):
    """A stream that remembers its last bytes.

    Args:
        source: The stream.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._last, self._length = source, b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        content = self._source.read(len(view))
        view[: len(content)] = content
        self._length += len(content)
        self._last = (self._last + content[-_TAIL_BYTES:])[-_TAIL_BYTES:]
        return len(content)

    def rows(self, file: CsvFile) -> list[Row]:
        """Return the last rows of the file below the column names, blank lines included."""
        last = self._last.rstrip(b"\x1a\x00\r\n")  # the end mark of old systems
        text = io.StringIO(last.decode("utf-8", errors="replace"), newline="")
        if self._length > len(self._last):
            text.readline()  # its beginning is not there
            return [row for _, row in file.dialect.rows(text)]
        return [row for line, row in file.dialect.rows(text) if line >= file.header_lines]
