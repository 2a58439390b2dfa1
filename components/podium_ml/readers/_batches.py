"""Splitting tables into batches."""

import pyarrow as pa

_CELLS = 4_000_000
_MOST_ROWS = 65_536
_LEAST_ROWS = 256


def batch_rows(columns: int) -> int:
    """Return the number of rows per batch; the more columns, the fewer rows.

    >>> batch_rows(10), batch_rows(5000)
    (65536, 800)
    """
    return max(_LEAST_ROWS, min(_MOST_ROWS, _CELLS // max(1, columns)))


def empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with columns but no rows; names may repeat."""
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema.names)
