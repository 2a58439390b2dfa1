"""Arrow files and streams, including Feather."""

from collections.abc import Iterator
from itertools import chain

import pyarrow as pa
import pyarrow.ipc

from podium_ml.errors import DataError
from podium_ml.readers._arrow_messages import check_messages
from podium_ml.readers._batches import batch_rows, empty_batch
from podium_ml.readers._content import describe_rubbish
from podium_ml.readers._decoded import bounded
from podium_ml.readers._pandas_index import without_row_numbers
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_FILE = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"
_FEATHER_1 = b"FEA1"


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read an Arrow file or stream batch by batch."""
    head = file.head()
    if not head:
        raise DataError(f"{file.label} is empty.", "Provide an Arrow file with rows.")
    if head.startswith(_FEATHER_1):
        raise DataError(f"{file.label} is a Feather version 1 file.", "Save it as version 2.")
    if not head.startswith((_FILE, _STREAM)):
        raise describe_rubbish(file, head, wanted="Arrow file")
    packed, is_stream = file.path.stat().st_size, not head.startswith(_FILE)
    try:
        check_messages(str(file.path), is_stream=is_stream, label=file.label, packed=packed)
        source = pa.memory_map(str(file.path))
        opened = pa.ipc.open_stream(source) if is_stream else pa.ipc.open_file(source)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, error) from error
    names, warnings = without_row_numbers(opened.schema, file.label)
    batches = bounded(_stream(file, opened, names), label=file.label, packed=packed)
    return Reading(batches, warnings=warnings)


def _stream(
    file: SourceFile,
    opened: "pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader",
    names: list[str] | None,
) -> Iterator[pa.RecordBatch]:
    rows = batch_rows(len(opened.schema))
    try:
        for batch in chain([empty_batch(opened.schema)], _batches(opened)):
            for start in range(0, max(1, batch.num_rows), rows):
                part = batch.slice(start, rows)
                yield part.select(names) if names is not None else part
    except (pa.ArrowException, OSError) as error:
        raise _damaged(file, error) from error


def _batches(
    opened: "pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader",
) -> Iterator[pa.RecordBatch]:
    if isinstance(opened, pa.ipc.RecordBatchFileReader):
        for number in range(opened.num_record_batches):
            yield opened.get_batch(number)
    else:
        yield from opened


def _damaged(file: SourceFile, error: Exception) -> DataError:
    return DataError(f"{file.label} is a damaged Arrow file: {error}.", "Download or create it again.")


def _sniff(head: bytes) -> Confidence:
    return Confidence.SURE if head.startswith((_FILE, _STREAM, _FEATHER_1)) else Confidence.NO


SPEC = Reader(
    name="arrow",
    description="Arrow files and streams, including Feather (version 2).",
    read=read,
    suffixes=(".arrow", ".feather", ".ipc", ".arrows"),
    sniff=_sniff,
    takes="seekable",
)
