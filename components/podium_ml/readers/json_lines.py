"""JSON Lines, with one object per line, and JSON arrays of objects."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.readers._content import refuse_other_content
from podium_ml.readers._encoding import check_decodes, find_encoding, open_text
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._records import RecordCollector
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

_ROWS = 16_384
_CHARACTERS = 16 * 1024 * 1024
_CELLS = 4_000_000
_CHUNK = 1024 * 1024
_LARGEST_RECORD = 64 * 1024 * 1024
_SPACE = " \t\r\n"

Numbered = tuple[int, Any, int]
"""Line on which a record begins, the record, and its length in characters."""


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read objects as rows; absent keys become missing values."""
    refuse_other_content(file, wanted="JSON file")
    encoding = find_encoding(file, given=options.encoding)
    if options.encoding:
        check_decodes(file, encoding)
    with open_text(file, encoding) as text:
        is_array = _first_character(text) == "["
    details = {"encoding": encoding.name, "layout": "array" if is_array else "lines"}
    if file.compression:
        details["compression"] = file.compression

    def stream() -> Iterator[pa.RecordBatch]:
        with open_text(file, encoding) as text:
            yield from _collect(file, _array(file, text) if is_array else _lines(file, text))

    return Reading(stream(), details)


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


def _lines(file: SourceFile, text: io.TextIOWrapper) -> Iterator[Numbered]:
    for number, line in enumerate(iter(lambda: text.readline(_LARGEST_RECORD + 1), ""), start=1):
        if len(line) > _LARGEST_RECORD:
            raise DataError(
                f"{file.label}, line {number} is longer than {_LARGEST_RECORD >> 20} MB.",
                "Write one complete object per line.",
            )
        if number == 1:
            line = line.removeprefix("\ufeff")
        if not line.strip():
            continue
        try:
            yield number, json.loads(line), len(line)
        except (ValueError, RecursionError) as error:
            raise _invalid(file, number, error) from None


def _array(file: SourceFile, text: io.TextIOWrapper) -> Iterator[Numbered]:
    """Read the objects of an array one by one, holding little more than one in memory."""
    decoder, line = json.JSONDecoder(), 1
    buffer = text.read(_CHUNK).removeprefix("\ufeff")
    at = _skip(buffer, 0, _SPACE) + 1  # past the bracket
    line += buffer.count("\n", 0, at)
    while True:
        start = _skip(buffer, at, _SPACE + ",")
        line += buffer.count("\n", at, start)
        if start < len(buffer) and buffer[start] == "]":
            return
        try:
            record, end = decoder.raw_decode(buffer, start)
        except (ValueError, RecursionError) as error:
            more = text.read(_CHUNK)
            if not more or len(buffer) - start > _LARGEST_RECORD:
                where = line + buffer.count("\n", start, getattr(error, "pos", start))
                raise _invalid(file, where, error) from None
            buffer, at = buffer[start:] + more, 0
            continue
        yield line, record, end - start
        line += buffer.count("\n", start, end)
        at = end


def _skip(text: str, at: int, characters: str) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at


def _first_character(text: io.TextIOWrapper) -> str:
    return text.read(_CHUNK).removeprefix("\ufeff").lstrip()[:1]


def _invalid(file: SourceFile, line: int, error: Exception) -> DataError:
    reason = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
    return DataError(
        f"{file.label}, line {line}: invalid JSON ({reason}).",
        "Write one complete object per line, or one array of objects.",
    )


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _sniff(head: bytes) -> Confidence:
    start = head.lstrip(b"\xef\xbb\xbf" + _SPACE.encode())
    if start.startswith(b"["):
        start = start[1:].lstrip()
    rest = start[1:].lstrip()
    return Confidence.SURE if start.startswith(b"{") and rest.startswith((b'"', b"}")) else Confidence.NO


SPEC = Reader(
    name="json_lines",
    description="JSON with one object per line or one array of objects; nested objects are not supported.",
    read=read,
    suffixes=(".jsonl", ".ndjson", ".json"),
    sniff=_sniff,
    texts="dates",
    is_sparse=True,
)
