"""Rows of the future that come with the data: those after the last value of their series."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.panel import Panel
from podium_ml.forecasting.panel.series_ids import SeriesIds, same_series, series_labels
from podium_ml.ingestion.read import read_frame
from podium_ml.settings import ForecastingProblem
from podium_ml.values.plain_text import plain_text

# More values are not kept with the model.
_MOST_VALUES = 2_000_000


@dataclass(frozen=True)
class Planned:
    """Rows of the future.

    Attributes:
        rows: ``SERIES``, ``STEP``, and the columns that are known in advance or static.
        labels: Labels of all series; those without any history come last.
    """

    rows: pd.DataFrame
    labels: tuple[tuple[str, ...], ...]


def find_plan(
    unlabelled: pd.DataFrame, panel: Panel, settings: ForecastingProblem, *, static: tuple[str, ...]
) -> Planned:
    """Return the future rows of the data, and those of the plan that the user named, which count first.

    Args:
        unlabelled: Rows without a value of the target.
        panel: The rows with one.
        settings: What the user asked for.
        static: Columns that never change within a series.

    Raises:
        DataError: A column is missing in the plan.
    """
    columns = settings.time_column, settings.known_columns, static
    if not settings.future:
        return planned_rows(unlabelled, panel, *columns)
    rows = read_frame(settings.future)
    if missing := [name for name in (settings.time_column, *settings.known_columns) if name not in rows]:
        names = ", ".join(f"'{name}'" for name in missing)
        raise DataError(f"future: the plan has no column {names}.", f"Columns: {', '.join(map(str, rows))}.")
    both = [for_all_series(rows, panel.ids), unlabelled.drop(columns=settings.target)]
    return planned_rows(pd.concat(both, ignore_index=True), panel, *columns)


def planned_rows(
    rows: pd.DataFrame, panel: Panel, time_column: str, known: tuple[str, ...], static: tuple[str, ...] = ()
) -> Planned:
    """Return the rows that are a plan.

    Args:
        rows: Rows without a value of the target.
        panel: The rows with one.
        time_column: The column of times.
        known: Columns that are known in advance; rows that lack one of them are no plan.
        static: Columns that never change within a series.
    """
    labels, columns = panel.ids.labels, [SERIES, STEP, *known, *static]
    if not len(rows) or any(name not in rows for name in (time_column, *panel.ids.columns, *known)):
        return Planned(pd.DataFrame(columns=columns), labels)
    moments = panel.format.read(rows[time_column])
    read = ~np.isnat(moments)
    rows, moments = rows[read].reset_index(drop=True), moments[read]
    codes, labels = codes_of(rows, panel.ids)
    steps = panel.calendar.steps(moments)
    last = np.full(len(labels), np.iinfo(np.int64).min)
    np.maximum.at(last, panel.series, panel.steps)
    last[len(panel.ids.labels) :] = panel.steps.max()  # a series without history begins after the others
    found = rows.reindex(columns=[*known, *static]).assign(**{SERIES: codes, STEP: steps})[
        steps > last[codes]
    ]
    found = found[columns].drop_duplicates([SERIES, STEP]).sort_values([SERIES, STEP]).reset_index(drop=True)
    return Planned(found, labels)


def plan_hole(plan: Planned, panel: Panel, known: tuple[str, ...]) -> str:
    """Say which value of a plan is missing although no row of the data lacks one; empty if none is.

    Args:
        plan: The plan.
        panel: The rows of the past.
        known: Columns that are known in advance.
    """
    for name in known:
        missing = plan.rows[name].isna().to_numpy()
        if not missing.any() or panel.table[name].isna().any():
            continue
        first = plan.rows[missing].iloc[0]
        label = ", ".join(plan.labels[int(first[SERIES])])
        series = f" for series '{label}'" if label else ""
        stamp = panel.stamps(np.array([int(first[STEP])]))[0]
        return f"It has no value of '{name}'{series} at {stamp}; {int(missing.sum()):,} of its values are missing."
    return ""


def codes_of(rows: pd.DataFrame, ids: SeriesIds) -> tuple[np.ndarray, tuple[tuple[str, ...], ...]]:
    """Return the code of the series of each row, and the labels of all series; new ones get the next codes."""
    if not ids.columns:
        return np.zeros(len(rows), dtype=np.int64), ids.labels
    codes, own = series_labels(rows, ids.columns)
    known = {same_series(label): code for code, label in enumerate(ids.labels)}
    new = [label for label in own if same_series(label) not in known]
    known.update({same_series(label): len(ids.labels) + at for at, label in enumerate(new)})
    return np.array([known[same_series(label)] for label in own], dtype=np.int64)[codes], (*ids.labels, *new)


def for_all_series(plan: pd.DataFrame, ids: SeriesIds) -> pd.DataFrame:
    """Return a plan with a row for each series, if it has no column of series and so holds for all of them."""
    if not ids.columns or any(name in plan for name in ids.columns):
        return plan
    return pd.DataFrame(list(ids.labels), columns=list(ids.columns)).merge(plan, how="cross")


def kept(plan: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a plan as JSON has it; empty if it is too large to keep."""
    if not len(plan) or plan.size > _MOST_VALUES:
        return {}
    return {str(name): plain_values(plan[name]) for name in plan.columns}


def plain_values(column: pd.Series) -> list[Any]:
    """Return values as JSON has them: numbers and truth values, ``None`` for missing ones, else texts."""
    kept = (bool, int, float, str)
    values = column.astype(object).where(column.notna(), None).tolist()
    return [one if one is None or isinstance(one, kept) else plain_text(one) for one in values]
