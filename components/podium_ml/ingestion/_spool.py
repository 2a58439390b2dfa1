"""Batches kept for a second pass: in memory while they are small, on disk beyond that."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from podium_ml.ingestion.disk import writing

_MEMORY = 32 * 1024 * 1024


class Spool:
    """A queue of batches whose columns and types may change from batch to batch.

    Args:
        folder: Folder for files, which the caller must remove.
        memory: Maximum number of bytes to hold before writing them to disk.
    """

    def __init__(self, folder: Path, *, memory: int = _MEMORY) -> None:
        self._folder, self._memory = folder, memory
        self._held: list[pa.RecordBatch] = []
        self._bytes = 0
        self._files: list[Path] = []

    def append(self, batch: pa.RecordBatch) -> None:
        """Add a batch."""
        self._held.append(batch)
        self._bytes += batch.nbytes
        if self._bytes > self._memory:
            self._spill()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for path in self._files:
            with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as batches:
                yield from batches
        yield from self._held

    def _spill(self) -> None:
        """Write the held batches, one file for each run of batches with the same schema."""
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        while self._held:
            path = self._folder / f"spool-{len(self._files)}.arrows"
            schema = self._held[0].schema
            with (
                writing(path),
                pa.OSFile(str(path), "wb") as file,
                pa.ipc.new_stream(file, schema, options=options) as target,
            ):
                while self._held and self._held[0].schema.equals(schema):
                    target.write_batch(self._held.pop(0))
            self._files.append(path)
        self._bytes = 0
