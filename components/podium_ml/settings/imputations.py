"""How users want missing values filled, as in ``age=median, zip=most_frequent``."""

from collections.abc import Mapping
from typing import Any

from podium_ml.settings._slice import join_names, split_names

METHODS = ("mean", "median", "most_frequent")


def imputations_text(value: Any) -> Any:
    """Return imputations from a mapping or a list as one text; other values unchanged.

    >>> imputations_text({"age": "median", "children": 0})
    'age=median,children=0'
    """
    if isinstance(value, Mapping):
        value = [f"{name}={how}" for name, how in value.items()]
    return join_names(value)


def parse_imputations(text: str) -> dict[str, str]:
    """Return how each named column is filled: a name in ``METHODS``, or a number.

    >>> parse_imputations("age=median, children=0")
    {'age': 'median', 'children': '0'}

    Raises:
        ValueError: A part is not ``column=method``, or there is no such method.
    """
    found: dict[str, str] = {}
    for part in split_names(text):
        name, equals, how = (piece.strip() for piece in part.rpartition("="))
        if not equals or not name:
            raise ValueError(f"'{part}' is not column=method, like age=median")
        if how not in METHODS and not _is_number(how):
            raise ValueError(f"'{how}', for '{name}', is not {', '.join(METHODS)} or a number")
        found[name] = how
    return found


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False
