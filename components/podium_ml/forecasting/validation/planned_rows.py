"""Rows of the future that come with the data: those after the last value of their series."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.panel import Panel, SeriesIds

# More values are not kept with the model.
_MOST_VALUES = 2_000_000


def planned_rows(rows: pd.DataFrame, panel: Panel, time_column: str, known: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows that are a plan, with ``SERIES``, ``STEP`` and the columns that are known in advance.

    Args:
        rows: Rows without a value of the target.
        panel: The rows with one.
        time_column: The column of times.
        known: Columns that are known in advance; rows that lack one of them are no plan.
    """
    columns = [SERIES, STEP, *known]
    if not len(rows) or any(name not in rows for name in (time_column, *panel.ids.columns, *known)):
        return pd.DataFrame(columns=columns)
    moments = panel.format.read(rows[time_column])
    codes = SeriesIds(panel.ids.columns, panel.ids.labels).codes(rows)
    read = ~np.isnat(moments) & (codes >= 0)
    steps = np.full(len(rows), np.iinfo(np.int64).min)
    steps[read] = panel.calendar.steps(moments[read])
    last = np.full(len(panel.ids.labels), np.iinfo(np.int64).min)
    np.maximum.at(last, panel.series, panel.steps)
    planned = read & (steps > last[codes])
    found = rows[planned].assign(**{SERIES: codes[planned], STEP: steps[planned]})[columns]
    return found.drop_duplicates([SERIES, STEP]).sort_values([SERIES, STEP]).reset_index(drop=True)


def for_all_series(plan: pd.DataFrame, ids: SeriesIds) -> pd.DataFrame:
    """Return a plan with a row for each series, if it has no column of series and so holds for all of them."""
    if not ids.columns or any(name in plan for name in ids.columns):
        return plan
    return pd.DataFrame(list(ids.labels), columns=list(ids.columns)).merge(plan, how="cross")


def kept(plan: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a plan as JSON has it; empty if it is too large to keep."""
    if not len(plan) or plan.size > _MOST_VALUES:
        return {}
    plain = plan.astype(object).where(plan.notna(), None)
    return {str(name): plain[name].tolist() for name in plan.columns}
