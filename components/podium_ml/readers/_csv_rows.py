"""The rows of a delimited text file, read by Python, for what Arrow does not know.

These are blanks before quotes, and delimiters that end only some rows.
"""

import itertools
from collections.abc import Iterable, Iterator

import pyarrow as pa

from podium_ml.readers._batches import batch_rows
from podium_ml.readers._cells import Row, filled, is_comment, show
from podium_ml.readers._csv_errors import ragged_error
from podium_ml.readers._csv_file import CsvFile
from podium_ml.readers._dialect import RaggedRow
from podium_ml.readers._encoding import open_text
from podium_ml.readers._rows import LeftOut, data_rows


def read_batches(file: CsvFile, left_out: LeftOut) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches; see ``stream_batches``."""
    with open_text(file.source, file.encoding) as text:
        rows: Iterable[Row] = _rows_below_names(file, text, left_out)
        if file.keeps_extra_rows:
            rows = (row for row in rows if row)
        else:
            rows = data_rows(rows, file.names, left_out, known=[*file.above, *file.units])
        remaining = iter(rows)
        while chunk := list(itertools.islice(remaining, batch_rows(len(file.names)))):
            yield _to_batch(file, chunk)


def _rows_below_names(file: CsvFile, lines: Iterable[str], left_out: LeftOut) -> Iterator[Row]:
    """Yield the rows below the column names and their units, without comments."""
    begun = False
    for line, row in file.dialect.rows(lines):
        if line < file.dialect.skipped or (not begun and not row):
            continue
        if not begun:
            begun = True  # these are the column names
            continue
        cells = file.without_surplus(row)
        if len(cells) != len(file.names) and is_comment(cells):
            left_out.comments += 1
        elif cells not in file.units or file.keeps_extra_rows:
            yield cells


def _to_batch(file: CsvFile, rows: list[Row]) -> pa.RecordBatch:
    columns = len(file.names)
    for row in rows:
        if len(row) != columns:
            text = show(filled(row))
            raise ragged_error(file, RaggedRow(0, columns + file.dialect.surplus, len(row), text))
    arrays = [pa.array([row[at] for row in rows], pa.string()) for at in range(columns)]
    return pa.RecordBatch.from_arrays(arrays, file.names)
