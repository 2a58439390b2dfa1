"""Text tables each of whose lines is in quotes as a whole, as programs write them that take a line for one field."""

import csv
import io
import re
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

_LINE = re.compile(rb'[ \t]*"((?:[^"\r\n]|"")*)"[ \t]*')
_DELIMITERS = ",;\t|"
_FEWEST_ROWS = 2
_LONGEST = 16 * 1024 * 1024


def are_lines_quoted(sample: bytes) -> bool:
    """Whether the lines of a table, but maybe the first, are in quotes, and have as many fields without them."""
    first, *lines = [line for line in sample.split(b"\n") if line.strip()] or [b""]
    if len(lines) < _FEWEST_ROWS or not all(_LINE.fullmatch(line.rstrip(b"\r")) for line in lines):
        return False
    texts = [_unquoted(line).decode("utf-8", errors="replace") for line in (first, *lines)]
    return any(_are_fields_even(texts, delimiter) for delimiter in _DELIMITERS)


class UnquotedLines(io.RawIOBase):
    """A stream of UTF-8 whose lines lost the quotes around them."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        if not self._pending:
            self._pending = _unquoted(self._source.readline(_LONGEST))
        given, self._pending = self._pending[: len(view)], self._pending[len(view) :]
        view[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._source.close()
        super().close()


def _unquoted(line: bytes) -> bytes:
    content = line.rstrip(b"\r\n")
    found = _LINE.fullmatch(content)
    return found[1].replace(b'""', b'"') + line[len(content) :] if found else line


def _are_fields_even(texts: list[str], delimiter: str) -> bool:
    """Whether all lines have the same number of fields, at least two."""
    try:
        counts = {len(row) for row in csv.reader(texts, delimiter=delimiter)}
    except csv.Error:  # a field is too long
        return False
    return len(counts) == 1 and counts != {1}
