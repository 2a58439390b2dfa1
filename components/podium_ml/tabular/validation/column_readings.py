"""Decides how each column is read, on all labelled rows, and reads the columns so."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from podium_ml.contracts import Column, Reading
from podium_ml.settings import TabularProblem
from podium_ml.values.dates import common_order
from podium_ml.values.readings import apply_reading, plan_reading, reading_of

_DATES = ("datetime", "time")


def known_reading(values: pd.Series, known: Mapping[str, Reading]) -> Reading:
    """Return how ingestion read a column; for a column that it did not read, what its own values say."""
    return known.get(str(values.name)) or reading_of(values)


def plan_readings(
    table: pd.DataFrame,
    columns: Mapping[str, Column],
    known: Mapping[str, Reading],
    *,
    target_role: str,
    settings: TabularProblem,
) -> dict[str, Column]:
    """Return the columns with their readings.

    Args:
        table: All labelled rows.
        columns: The columns and their roles, by name.
        known: How ingestion read each column.
        target_role: What the target holds: ``numeric`` or ``categorical``.
        settings: The user's settings, which may say how columns are read.
    """
    dates = (table[name] for name, column in columns.items() if column.role in _DATES)
    order = settings.date_order or common_order(dates)
    planned = {}
    for name, column in columns.items():
        found, role = known_reading(table[name], known), _role(column, target_role)
        reading = plan_reading(table[name], role, found, order=order)
        if settings.column_types.get(name) == "category":  # the user has decided
            reading = replace(reading, doubt=found.doubt)
        planned[name] = replace(column, reading=reading)
    return planned


def read_columns(table: pd.DataFrame, columns: Mapping[str, Column], *, target_role: str) -> pd.DataFrame:
    """Return rows whose numbers and dates in text are numbers and dates, where every value of a column can be read."""
    read = {
        name: apply_reading(table[name], _role(column, target_role), column.reading)
        for name, column in columns.items()
        if column.reading is not None and name in table
    }
    changed = {name: values for name, values in read.items() if values.dtype != table[name].dtype}
    return table.assign(**changed) if changed else table


def _role(column: Column, target_role: str) -> str:
    return target_role if column.role == "target" else column.role
