"""JSON Lines, with one object per line, JSON arrays of objects, and tables in one object."""

import json
from collections.abc import Iterator

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.readers._content import refuse_other_content
from podium_ml.readers._encoding import check_decodes, find_encoding
from podium_ml.readers._json_records import SPACE, Numbered, holds_array, numbered_records
from podium_ml.readers._json_table import read_table
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._records import RecordCollector
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_ROWS = 16_384
_CHARACTERS = 16 * 1024 * 1024
_CELLS = 4_000_000


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read objects as rows; absent keys become missing values."""
    refuse_other_content(file, wanted="JSON file")
    encoding = find_encoding(file, given=options.encoding)
    if options.encoding:
        check_decodes(file, encoding)
    table = read_table(file, encoding)
    layout = "table" if table else "array" if holds_array(file, encoding) else "lines"
    details = {"encoding": encoding.name, "layout": layout}
    if file.compression:
        details["compression"] = file.compression

    def stream() -> Iterator[pa.RecordBatch]:
        records = ((1, row, 100) for row in table) if table else numbered_records(file, encoding)
        yield from _collect(file, records)

    return Reading(stream(), details, encoding.doubts(file.label))


def _collect(file: SourceFile, records: Iterator[Numbered]) -> Iterator[pa.RecordBatch]:
    collector, characters, batches = RecordCollector(file.label), 0, 0
    for line, record, length in records:
        if not isinstance(record, dict):
            raise DataError(
                f"{file.label}, line {line}: {_shorten(json.dumps(record))} is not an object.",
                'Write each record as {"column": value}.',
            )
        collector.add(record)
        characters += length
        if collector.rows >= _ROWS or characters >= _CHARACTERS or collector.cells >= _CELLS:
            yield collector.take()
            characters, batches = 0, batches + 1
    if collector.rows or not batches:
        yield collector.take()


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _sniff(head: bytes) -> Confidence:
    start = head.lstrip(b"\xef\xbb\xbf" + SPACE.encode())
    if start.startswith(b"["):
        start = start[1:].lstrip()
    rest = start[1:].lstrip()
    return Confidence.SURE if start.startswith(b"{") and rest.startswith((b'"', b"}")) else Confidence.NO


SPEC = Reader(
    name="json_lines",
    description="JSON: one object per line, an array of objects, or a table in one object; no nested objects.",
    read=read,
    suffixes=(".jsonl", ".ndjson", ".json"),
    sniff=_sniff,
    texts="dates",
    is_sparse=True,
)
