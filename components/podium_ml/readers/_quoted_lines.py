"""Text tables each of whose lines is in quotes as a whole, as programs write them that take a line for one field."""

import csv
import re

from podium_ml.readers._converted import ConvertedStream

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


class UnquotedLines(ConvertedStream):
    """A stream of UTF-8 whose lines lost the quotes around them."""

    def _next(self) -> bytes:
        return _unquoted(self._source.readline(_LONGEST))


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
