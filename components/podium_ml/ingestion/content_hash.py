"""A hash of a table's content, which is equal for equal tables, whatever files and batches they came in."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class ContentHash:
    """SHA-256 of names, types and values, updated batch by batch.

    The parts of a column (validity, lengths, values) are hashed separately, so the boundaries of batches make no
    difference. Neither do the bytes behind missing values.

    Args:
        schema: Columns of the table: bool, int64, double, string, binary, timestamp, or lists of these.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._columns = [_ColumnHash(field.type) for field in schema]
        self._head = repr([(field.name, str(field.type)) for field in schema]).encode(
            errors="backslashreplace"
        )

    def update(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        for column, array in zip(self._columns, batch.columns, strict=True):
            column.update(array)

    def hexdigest(self) -> str:
        """Return the hash of the rows so far."""
        digest = hashlib.sha256(self._head)
        for column in self._columns:
            digest.update(column.digest())
        return digest.hexdigest()


class _ColumnHash:
    def __init__(self, kind: pa.DataType) -> None:
        self._present, self._lengths, self._values = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
        self._items = _ColumnHash(kind.value_type) if pa.types.is_list(kind) else None

    def update(self, array: pa.Array) -> None:
        self._present.update(_bytes(array.is_valid().to_numpy(zero_copy_only=False)))
        array = array.drop_null()
        if self._items is not None:
            self._lengths.update(_bytes(pc.list_value_length(array).cast(pa.int64()).to_numpy()))
            self._items.update(array.flatten())
        elif pa.types.is_string(array.type) or pa.types.is_binary(array.type):
            self._lengths.update(_bytes(pc.binary_length(array).cast(pa.int64()).to_numpy()))
            self._values.update(_joined(array))
        elif not pa.types.is_null(array.type):  # lists that are all empty hold no type
            self._values.update(_bytes(_numbers(array)))

    def digest(self) -> bytes:
        parts = [self._present, self._lengths, self._values]
        own = b"".join(part.digest() for part in parts)
        return own + self._items.digest() if self._items is not None else own


def _bytes(values: np.ndarray) -> memoryview:
    return np.ascontiguousarray(values).view(np.uint8).data


def _joined(array: pa.Array) -> memoryview | bytes:
    """Return the bytes of all texts, one after another."""
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]


def _numbers(array: pa.Array) -> np.ndarray:
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.int64())
    values = array.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "f":  # one NaN, and no negative zero
        values = np.where(np.isnan(values), np.nan, values + 0.0)
    return values
