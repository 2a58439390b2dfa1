"""Columns whose type the user sets, which overrides what their values look like."""

import numpy as np
import pandas as pd

from podium_ml.contracts.problem import Role
from podium_ml.errors import SettingsError
from podium_ml.settings import TabularProblem
from podium_ml.settings.column_types import ColumnType
from podium_ml.values.dates import DateFormat
from podium_ml.values.numbers import NumberFormat

_ROLES: dict[ColumnType, tuple[Role, str]] = {
    "numeric": ("numeric", "Numbers, set by the user."),
    "category": ("categorical", "Categories, set by the user."),
    "text": ("text", "Free text, set by the user."),
    "date": ("datetime", "Dates, set by the user."),
    "id": ("dropped", "An id, set by the user."),
    "ignore": ("dropped", "Ignored, set by the user."),
}


def role_of_type(kind: ColumnType) -> tuple[Role, str]:
    """Return the role of a column of a type, and the reason in words for the user."""
    return _ROLES[kind]


def check_types(table: pd.DataFrame, settings: TabularProblem) -> None:
    """Refuse types that no value of their column has.

    Args:
        table: Labelled rows.
        settings: The user's ``types``.

    Raises:
        SettingsError: One line for each such column, with an example.
    """
    mistakes = [
        f"types: '{name}' holds no {what}, e.g. '{str(table[name].dropna().iloc[0])[:60]}'."
        for name, kind in settings.column_types.items()
        if name in table and (what := _lacks(table[name].dropna(), kind))
    ]
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def _lacks(present: pd.Series, kind: ColumnType) -> str:
    """Return what a column without missing values does not hold, in one word; empty if it fits its type."""
    if not len(present):
        return ""
    if kind == "numeric":
        return "" if np.isfinite(NumberFormat.plan(present).read(present)).any() else "numbers"
    if kind == "date":
        is_date = not pd.api.types.is_bool_dtype(present.dtype)
        return "" if is_date and not np.isnat(DateFormat.plan(present).read(present)).all() else "dates"
    return ""
