"""Delta tables, local or in an object store; requires the extra ``delta``."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa

from podium_ml.confinement import check_file
from podium_ml.confinement.extras import install
from podium_ml.errors import DataError
from podium_ml.object_store import ObjectStore, StoreError, arrow_files
from podium_ml.readers._batches import empty_batch
from podium_ml.readers._decoded import bounded
from podium_ml.readers._parquet_rows import rows_at_once
from podium_ml.readers._reader import Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyarrow.dataset import ParquetFileFragment
    from pyarrow.fs import FileSystem


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read the latest version of a Delta table batch by batch."""
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ImportError as error:
        raise DataError(
            f"{file.label} is a Delta table, and reading it requires the package deltalake.",
            install("delta"),
        ) from error
    scheme, _, place = file.address.rpartition("://")
    if not scheme:
        check_file(Path(place, "_delta_log"), file.label)
    try:
        store = ObjectStore.from_environment(scheme) if scheme else None
        table = DeltaTable(
            f"s3://{place}" if store else place, storage_options=_storage_options(store) if store else None
        )
        files = arrow_files(store, place.strip("/")) if store else None
    except (DeltaError, OSError, StoreError) as error:
        raise DataError(
            f"{file.label} is not a readable Delta table: {error}.", "Check the folder."
        ) from error
    _check_files(file, table, is_local=not scheme)
    return Reading(_stream(file, table, files), {"version": str(table.version())})


def _check_files(file: SourceFile, table: "DeltaTable", *, is_local: bool) -> None:
    """Refuse a table whose log, which anybody may have written, names files outside of its folder."""
    for written in table.file_uris():
        for name in (written, unquote(written)):
            if ".." in name.split("/"):
                raise DataError(
                    f"{file.label} names a file outside of its folder: {name}.", "Write the table again."
                )
            if is_local:
                check_file(Path(name), file.label)


def _stream(file: SourceFile, table: "DeltaTable", files: "FileSystem | None") -> Iterator[pa.RecordBatch]:
    from deltalake.exceptions import DeltaError

    try:
        dataset = table.to_pyarrow_dataset(filesystem=files)
        yield empty_batch(dataset.schema)
        for fragment in dataset.get_fragments():
            yield from _rows(file, fragment, dataset.schema)
    except (DeltaError, pa.ArrowException, OSError) as error:
        raise DataError(
            f"{file.label} cannot be read: {error}.", "Check that none of its files is missing."
        ) from error


def _rows(file: SourceFile, fragment: "ParquetFileFragment", schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one file."""
    import pyarrow.parquet as pq

    with fragment.filesystem.open_input_file(fragment.path) as source:
        packed, table = source.size(), pq.ParquetFile(source)
        rows = rows_at_once(table, source, label=file.label, packed=packed)
    batches = fragment.to_batches(schema=schema, batch_size=rows, batch_readahead=1, use_threads=False)
    yield from bounded(batches, label=file.label, packed=packed)


def _storage_options(store: ObjectStore) -> dict[str, str]:
    """Return the settings of an object store under deltalake's names."""
    credentials = store.credentials()
    options = {
        "AWS_REGION": store.region,
        "AWS_ENDPOINT_URL": store.endpoint,
        "AWS_ALLOW_HTTP": str(store.endpoint.startswith("http:")).lower(),
        "AWS_ACCESS_KEY_ID": credentials and credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials and credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials and credentials.session_token,
        "AWS_SKIP_SIGNATURE": "" if credentials else "true",
    }
    return {name: value for name, value in options.items() if value}


SPEC = Reader(
    name="delta",
    description="Delta tables in a local folder or at an s3 URL; requires the extra `delta`.",
    read=read,
    takes="folder",
)
