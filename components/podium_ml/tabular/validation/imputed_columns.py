"""Columns whose missing values the user wants filled."""

from dataclasses import replace

from podium_ml.contracts import Column
from podium_ml.errors import SettingsError
from podium_ml.settings import TabularProblem

_WITHOUT_ORDER = ("categorical",)
_FILLED = ("numeric", "boolean", *_WITHOUT_ORDER)


def with_fills(columns: dict[str, Column], settings: TabularProblem) -> dict[str, Column]:
    """Return the columns with what fills them.

    Args:
        columns: The columns with their roles.
        settings: The user's ``impute``.

    Raises:
        SettingsError: One line for each column that cannot be filled so.
    """
    asked = settings.imputations
    mistakes = [mistake for name, how in asked.items() if (mistake := _mistake(columns[name], how))]
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return {name: replace(one, fill=asked.get(name, "")) for name, one in columns.items()}


def _mistake(column: Column, how: str) -> str:
    """Return why a column cannot be filled so, or nothing."""
    if column.role not in _FILLED:
        return f"impute: '{column.name}' is {column.role}; only numbers and categories are filled."
    if column.role in _WITHOUT_ORDER and how != "most_frequent":
        return f"impute: '{column.name}' holds categories, so it can be filled with most_frequent only."
    return ""
