"""Tables in one JSON object, as pandas and web services write them, as records."""

import json
from collections.abc import Mapping
from typing import Any

from podium_ml.readers._encoding import Encoding, open_text
from podium_ml.readers._source_file import SourceFile

Record = dict[str, Any]

_CHUNK = 1024 * 1024
_LARGEST = 256 * 1024 * 1024
# What services call the rows beside which they write other things.
_ROWS = frozenset({"data", "records", "rows", "results", "value", "entries"})


def read_table(file: SourceFile, encoding: Encoding) -> list[Record] | None:
    """Return the rows of a file that is one object and holds a table; ``None`` for other files.

    Args:
        file: The file.
        encoding: Its encoding.
    """
    with open_text(file, encoding) as text:
        head = text.read(_CHUNK).removeprefix("\ufeff").lstrip()
        if not head.startswith("{") or _begins_with_a_row(head):
            return None
        rest = text.read(_LARGEST)
    if len(rest) == _LARGEST:
        return None
    try:
        return records_of_table(json.loads(head + rest))
    except (ValueError, RecursionError):
        return None


def _begins_with_a_row(head: str) -> bool:
    """Whether the first line is an object and others follow."""
    first, _, rest = head.partition("\n")
    if not rest.strip():
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def records_of_table(document: Any) -> list[Record] | None:
    """Return the rows of a table in one JSON object; ``None`` if the object is something else, such as one row.

    Args:
        document: ``{"data": [{...}, ...]}`` beside other keys, ``{"columns": [...], "data": [[...], ...]}``,
            or columns of values, ``{"x": [...], "y": [...]}`` or ``{"x": {"0": ...}, "y": {"0": ...}}``; also rows by
            number, ``{"0": {...}, "1": {...}}``.

    >>> records_of_table({"next": None, "data": [{"x": 1}, {"x": 2}]})
    [{'x': 1}, {'x': 2}]
    >>> records_of_table({"columns": ["x", "y"], "index": [0], "data": [[1, 2]]})
    [{'x': 1, 'y': 2}]
    >>> records_of_table({"x": {"0": 1, "1": 3}, "y": {"0": 2, "1": 4}})
    [{'x': 1, 'y': 2}, {'x': 3, 'y': 4}]
    >>> records_of_table({"x": 1, "tags": ["a", "b"]}) is None
    True
    """
    if not isinstance(document, dict):
        return None
    return _split(document) or _wrapped(document) or _columns(document)


def _split(document: Mapping[str, Any]) -> list[Record] | None:
    names, rows = document.get("columns"), document.get("data")
    if not isinstance(names, list) or not isinstance(rows, list):
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def _wrapped(document: Mapping[str, Any]) -> list[Record] | None:
    """Return the list of objects that is called rows or the like, or that stands alone."""
    found = [
        value
        for name, value in document.items()
        if isinstance(value, list) and _are(dict, value) and (name in _ROWS or len(document) == 1)
    ]
    return found[0] if len(found) == 1 else None


def _columns(document: Mapping[str, Any]) -> list[Record] | None:
    values = list(document.values())
    if len(values) < 2:
        return None
    if _are(list, values):
        lengths = {len(one) for one in values}
        flat = not any(isinstance(cell, list | dict) for one in values for cell in one)
        if len(lengths) > 1 or lengths <= {0, 1} or not flat:
            return None
        return [dict(zip(document, cells, strict=True)) for cells in zip(*values, strict=True)]
    if not _are(dict, values) or len({tuple(one) for one in values}) > 1 or len(values[0]) < 2:
        return None
    if all(name.isdigit() for name in document):  # rows by number
        return values
    return [{name: column[row] for name, column in document.items()} for row in values[0]]


def _are(kind: type, values: list[Any]) -> bool:
    return bool(values) and all(isinstance(one, kind) for one in values)
