"""Parquet files."""

import base64
from collections.abc import Collection, Iterator
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq

from podium_ml.errors import DataError
from podium_ml.readers._batches import empty_batch
from podium_ml.readers._content import describe_rubbish
from podium_ml.readers._decoded import bounded
from podium_ml.readers._pandas_index import without_row_numbers
from podium_ml.readers._parquet_rows import rows_at_once
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_MAGIC = b"PAR1"


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read a Parquet file batch by batch."""
    head = file.head()
    if not head:
        raise DataError(f"{file.label} is empty.", "Provide a Parquet file with rows.")
    if not head.startswith(_MAGIC):
        raise describe_rubbish(file, head, wanted="Parquet file")
    packed = file.path.stat().st_size
    try:
        table = pq.ParquetFile(file.path)
        rows = rows_at_once(table, file.path, label=file.label, packed=packed)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(file, error) from error
    names, warnings = without_row_numbers(table.schema_arrow, file.label)
    batches = bounded(_stream(file, table, names, rows), label=file.label, packed=packed)
    return Reading(batches, warnings=warnings)


def _stream(
    file: SourceFile, table: pq.ParquetFile, names: list[str] | None, rows: int
) -> Iterator[pa.RecordBatch]:
    schema, categories = table.schema_arrow, _categories(table)
    with table:
        try:
            for batch in chain([empty_batch(schema)], table.iter_batches(rows)):
                batch = _with_dictionaries(batch, categories)
                yield batch.select(names) if names is not None else batch
        except (pa.ArrowException, OSError) as error:
            raise _damaged(file, error) from error


def _categories(table: pq.ParquetFile) -> list[str]:
    """Return the columns that were written as dictionaries, as categories of pandas and Polars are.

    Arrow reads only dictionaries of texts as such, but the file keeps the schema that was written.
    """
    stored = (table.metadata.metadata or {}).get(b"ARROW:schema")
    if not stored:
        return []
    written = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(stored)))
    return [field.name for field in written if pa.types.is_dictionary(field.type)]


def _with_dictionaries(batch: pa.RecordBatch, names: Collection[str]) -> pa.RecordBatch:
    for at, field in enumerate(batch.schema):
        if field.name in names and not pa.types.is_dictionary(field.type):
            encoded = batch.column(at).dictionary_encode()
            batch = batch.set_column(at, field.with_type(encoded.type), encoded)
    return batch


def _damaged(file: SourceFile, error: Exception) -> DataError:
    return DataError(f"{file.label} is a damaged Parquet file: {error}.", "Download or create it again.")


def _sniff(head: bytes) -> Confidence:
    return Confidence.SURE if head.startswith(_MAGIC) else Confidence.NO


SPEC = Reader(
    name="parquet",
    description="Parquet files, as pandas, Spark and DuckDB write them.",
    read=read,
    suffixes=(".parquet", ".pq", ".parq"),
    sniff=_sniff,
    takes="seekable",
)
