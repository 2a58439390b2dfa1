"""Bounds on what the values of a file take in memory: encodings repeat one large value many times in a few bytes."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from podium_ml.values.bounds import Allowance

# A batch of more bytes is divided.
BATCH_BYTES = 256 * 1024 * 1024
# Numbers, dates and the like take at most this, so that columns of zeros are no reason to refuse a file.
CELL_BYTES = 16


def bounded(batches: Iterable[pa.RecordBatch], *, label: str, packed: int) -> Iterator[pa.RecordBatch]:
    """Yield batches that take little memory once their values are decoded.

    Args:
        batches: The batches.
        label: Name of the source in messages.
        packed: Size of the file.

    Raises:
        DataError: Together they are larger than one source may be, or their texts far larger than the file.
    """
    everything, beyond_cells = Allowance(label), Allowance(label, packed=packed)
    for batch in batches:
        size = _size(batch)
        everything.take(size)
        beyond_cells.take(max(0, size - CELL_BYTES * batch.num_rows * batch.num_columns))
        yield from _divided(batch, size)


def decoded_bytes(array: pa.Array) -> int:
    """Return how many bytes an array takes once it has no encoding.

    >>> decoded_bytes(pa.array(["yes"] * 1000).dictionary_encode())
    3000
    """
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return decoded_bytes(array.storage)
    if pa.types.is_dictionary(kind):
        return _repeated(_lengths(array.dictionary), array.indices)
    if pa.types.is_run_end_encoded(kind):
        return _run_bytes(array)
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return int(_lengths(array).sum())
    if _is_list(kind) and not pa.types.is_primitive(kind.value_type):
        return array.nbytes if _is_list(kind.value_type) else decoded_bytes(array.flatten())
    return array.nbytes


def _size(batch: pa.RecordBatch) -> int:
    return sum(decoded_bytes(column) for column in batch.columns)


def _divided(batch: pa.RecordBatch, size: int) -> Iterator[pa.RecordBatch]:
    if size <= BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    for part in (batch.slice(0, half), batch.slice(half)):
        yield from _divided(part, _size(part))


def _lengths(values: pa.Array) -> np.ndarray:
    """Return the number of bytes of each value, shape ``(n,)``."""
    kind = values.type
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        # Each view begins with the length of its text.
        views: Any = np.frombuffer(values.buffers()[1], np.int32)
        return views[4 * values.offset : 4 * (values.offset + len(values)) : 4].astype(np.int64)
    if any(is_kind(kind) for is_kind in _TEXTS):
        return pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.full(len(values), decoded_bytes(values) // max(1, len(values)) + 1, np.int64)


def _repeated(lengths: np.ndarray, indices: pa.Array) -> int:
    known = indices.drop_null().to_numpy(zero_copy_only=False)
    return int(lengths[known].sum()) if len(known) else 0


def _run_bytes(array: pa.Array) -> int:
    first, count = array.find_physical_offset(), array.find_physical_length()
    ends = array.run_ends.slice(first, count).to_numpy().astype(np.int64)
    within = np.clip(ends, array.offset, array.offset + len(array))
    runs = np.diff(within, prepend=array.offset)
    return int((_lengths(array.values.slice(first, count)) * runs).sum())


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
