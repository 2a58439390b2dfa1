"""Writing Parquet batch by batch."""

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from podium_ml.ingestion.disk import writing

_ROWS = 131_072
_BYTES = 32 * 1024 * 1024


class ParquetOutput:
    """A Parquet file that accepts batches of any size and writes row groups of a suitable size.

    The file gets its name only when it is complete.

    Args:
        path: Path of the file.
        schema: Columns of the file.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._partial = path, path.with_name(f"{path.name}.partial")
        self._schema = schema
        self._held: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0

    def __enter__(self) -> Self:
        try:
            with writing(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._writer = pq.ParquetWriter(
                    self._partial, self._schema, compression="zstd", use_dictionary=_texts(self._schema)
                )
        except BaseException:
            self._partial.unlink(missing_ok=True)
            raise
        return self

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._held.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= _ROWS or self._bytes >= _BYTES:
            self._flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with writing(self._path):
                if error is None:
                    self._flush()
                self._writer.close()
                if error is None:
                    self._partial.replace(self._path)
        finally:
            self._partial.unlink(missing_ok=True)

    def _flush(self) -> None:
        table = pa.Table.from_batches(self._held, self._schema)
        with writing(self._path):
            self._writer.write_table(table, row_group_size=max(1, len(table)))
        self._held = []
        self._rows = self._bytes = 0


def _texts(schema: pa.Schema) -> list[str]:
    """Return the text columns, where a dictionary saves space; for numbers, it takes long and saves little."""
    return [field.name for field in schema if pa.types.is_string(field.type)]
