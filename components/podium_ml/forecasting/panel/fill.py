"""Rows for the stamps that have none, where the user says what that means."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.panel import Panel


def fill_panel(panel: Panel, how: str, target: str, time_column: str) -> Panel:
    """Return series with a row for every stamp; see ``fill_rows``."""
    if not how:
        return panel
    rows = panel.table.assign(**{SERIES: panel.series, STEP: panel.steps})
    table = fill_rows(rows, how, target, time_column=time_column)
    series, steps = (table.pop(name).to_numpy(dtype=np.int64) for name in (SERIES, STEP))
    new = table[time_column].isna().to_numpy()
    if new.any():
        moments, dtype = panel.calendar.moments(steps), panel.table[time_column].dtype
        table[time_column] = panel.format.column(moments, dtype).where(new, table[time_column])
    return replace(panel, table=table, series=series, steps=steps)


def fill_rows(
    table: pd.DataFrame,
    how: str,
    target: str,
    *,
    time_column: str,
    since: Mapping[int, int] | None = None,
) -> pd.DataFrame:
    """Return rows of series with those added that are missing, in order. Other columns go on as before.

    Args:
        table: Rows with ``SERIES`` and ``STEP``, in order.
        how: ``zero``: the target is 0, also from the end of a series to that of the others. ``previous``: it stays.
        target: Name of the target.
        time_column: Name of the column of times, which new rows lack.
        since: First steps by code of the series, where rows may be missing before the first one.
    """
    steps = table.groupby(SERIES)[STEP].agg(["min", "max"])
    first, last = steps["min"].to_numpy(), steps["max"].to_numpy()
    if since:
        first = np.array([since.get(int(code), low) for code, low in zip(steps.index, first, strict=True)])
    if how == "zero":
        last = np.full(len(last), last.max())
    lengths = np.maximum(last - first + 1, 0)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    every = pd.DataFrame(
        {
            SERIES: np.repeat(steps.index.to_numpy(), lengths),
            STEP: np.repeat(first, lengths) + np.arange(lengths.sum()) - starts,
        }
    )
    filled = every.merge(table, on=[SERIES, STEP], how="outer", sort=True)
    others = [name for name in table.columns if name not in (SERIES, STEP, target, time_column)]
    filled[others] = filled.groupby(SERIES)[others].ffill()
    filled[target] = filled[target].fillna(0.0) if how == "zero" else filled.groupby(SERIES)[target].ffill()
    return filled
