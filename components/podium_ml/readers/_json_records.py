"""The records of JSON files, with the lines on which they begin."""

import io
import json
from collections.abc import Iterator
from typing import Any

from podium_ml.errors import DataError
from podium_ml.readers._encoding import Encoding, open_text
from podium_ml.readers._source_file import SourceFile

SPACE = " \t\r\n"
_CHUNK = 1024 * 1024
_LARGEST_RECORD = 64 * 1024 * 1024

Numbered = tuple[int, Any, int]
"""Line on which a record begins, the record, and its length in characters."""


def holds_array(file: SourceFile, encoding: Encoding) -> bool:
    """Whether the file is one array, and not one record a line."""
    with open_text(file, encoding) as text:
        return _first_character(text) == "["


def numbered_records(file: SourceFile, encoding: Encoding, *, in_lines: bool = False) -> Iterator[Numbered]:
    """Yield the records of a file one by one.

    Args:
        file: The file.
        encoding: Its encoding.
        in_lines: Whether each line is a record, even if the file begins like an array.

    Raises:
        DataError: A record is no JSON; the message names its line.
    """
    is_array = not in_lines and holds_array(file, encoding)
    with open_text(file, encoding) as text:
        yield from _array(file, text) if is_array else _lines(file, text)


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
    at = _skip(buffer, 0, SPACE) + 1  # past the bracket
    line += buffer.count("\n", 0, at)
    while True:
        start = _skip(buffer, at, SPACE + ",")
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
