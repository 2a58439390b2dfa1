"""How many rows of a Parquet file may be decoded at once.

A page of a few bytes may hold millions of references to one large text of the dictionary before it, and compressed
pages may hold little but zeros. So the sizes in the footer are checked, those of the pages themselves, and the texts in
the dictionaries.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from podium_ml.readers._batches import batch_rows
from podium_ml.readers._decoded import BATCH_BYTES, CELL_BYTES
from podium_ml.readers._parquet_pages import unpacked_bytes
from podium_ml.values.bounds import check_unpacked

_TEXT, _FIXED = "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"


def rows_at_once(table: pq.ParquetFile, source: Any, *, label: str, packed: int) -> int:
    """Return the number of rows per batch.

    Args:
        table: The file.
        source: Path, or open file, of the same file.
        label: Name of the source in messages.
        packed: Size of the file.

    Raises:
        DataError: The file holds far more than tables do.
        ArrowException, OSError, ValueError: It is damaged.
    """
    rows = batch_rows(len(table.schema_arrow))
    metadata, columns = table.metadata, [table.schema.column(at) for at in range(len(table.schema))]
    cells = CELL_BYTES * metadata.num_rows * max(1, len(columns))
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    check_unpacked(label, max(0, sum(group.total_byte_size for group in groups) - cells), packed)
    repeated = [at for at, column in enumerate(columns) if column.max_repetition_level]
    elements = [sum(group.column(at).num_values for at in repeated) for group in groups]
    check_unpacked(label, max(0, CELL_BYTES * sum(elements) - cells), packed)
    of_texts = [at for at, column in enumerate(columns) if column.physical_type == _TEXT]
    if isinstance(source, Path):
        check_unpacked(label, unpacked_bytes(source, metadata, of_texts), packed)
    texts = [columns[at].path for at in of_texts]
    fixed = sum(column.length for column in columns if column.physical_type == _FIXED)
    probe = pq.ParquetFile(source, read_dictionary=texts) if texts else None
    for at, group in enumerate(groups):
        if not group.num_rows or group.total_byte_size * min(rows, group.num_rows) <= BATCH_BYTES:
            continue
        longest = _longest(probe, at, texts) if probe else 0
        times = max(1.0, elements[at] / group.num_rows)
        per_row = group.total_byte_size / group.num_rows + (longest + fixed) * times
        rows = max(1, min(rows, int(BATCH_BYTES / per_row)))
    return rows


def _longest(probe: pq.ParquetFile, group: int, texts: list[str]) -> int:
    """Return the length of the longest text of each dictionary of a row group, summed over the columns."""
    first = next(iter(probe.iter_batches(1, row_groups=[group], columns=texts)), None)
    return sum(_longest_in(column) for column in first.columns) if first is not None else 0


def _longest_in(array: pa.Array) -> int:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return pc.max(pc.binary_length(array.dictionary)).as_py() or 0
    if pa.types.is_struct(kind):
        return sum(_longest_in(array.field(at)) for at in range(kind.num_fields))
    if pa.types.is_map(kind):
        return _longest_in(array.keys) + _longest_in(array.items)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _longest_in(array.values)
    return 0
