"""The types that users give to columns, as in ``zip=category, born=date``."""

import difflib
from collections.abc import Mapping
from typing import Any, Literal, get_args

from podium_ml.settings._slice import join_names, split_names

ColumnType = Literal["numeric", "category", "text", "date", "id", "ignore"]
_TYPES: tuple[str, ...] = get_args(ColumnType)


def types_text(value: Any) -> Any:
    """Return types from a mapping or a list as one text; other values unchanged.

    >>> types_text({"zip": "category", "born": "date"}), types_text(["zip=category"])
    ('zip=category,born=date', 'zip=category')
    """
    if isinstance(value, Mapping):
        value = [f"{name}={kind}" for name, kind in value.items()]
    return join_names(value)


def parse_types(text: str) -> dict[str, ColumnType]:
    """Return the type of each named column.

    >>> parse_types("zip=category, born=date")
    {'zip': 'category', 'born': 'date'}

    Raises:
        ValueError: A part is not ``column=type``, or there is no such type.
    """
    found: dict[str, ColumnType] = {}
    for part in split_names(text):
        name, equals, kind = (piece.strip() for piece in part.rpartition("="))
        if not equals or not name:
            raise ValueError(f"'{part}' is not column=type, like zip=category")
        if kind not in _TYPES:
            near = difflib.get_close_matches(kind, _TYPES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the types are {', '.join(_TYPES)}"
            raise ValueError(f"'{kind}', the type of '{name}', is unknown; {hint}")
        found[name] = kind  # type: ignore[assignment]
    return found
