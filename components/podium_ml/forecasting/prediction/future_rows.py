"""The rows to forecast: series, steps, and the values that are known in advance."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import DataError, SchemaError, SettingsError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.panel import SeriesIds
from podium_ml.forecasting.prediction.given_rows import (
    as_table,
    read_given,
    task_of,
    without_repeats,
)
from podium_ml.forecasting.prediction.knowledge import Knowledge, Labels
from podium_ml.forecasting.prediction.newer_history import stamps
from podium_ml.forecasting.validation.planned_rows import for_all_series, missing_ends, planned_series
from podium_ml.kinds.guardrail import name_list

AHEAD = "podium ahead"
"""Column of the number of steps after the end of the series."""
UNPLANNED = "podium unplanned"
"""Column that tells which rows the plan of their series does not reach."""
_MOST_ROWS = 50_000_000


def read_plan(plan: Any, knowledge: Knowledge) -> tuple[pd.DataFrame, Labels]:
    """Return the rows of a plan with ``SERIES`` and ``STEP``, and the labels of all series.

    Args:
        plan: Rows of the future with the columns that are known in advance; without columns of series, for all series.
        knowledge: What is known.

    Raises:
        SchemaError: A column is missing.
        DataError: A time cannot be read, or rows of one stamp differ.
    """
    task = task_of(knowledge.problem)
    rows = as_table(plan, knowledge.problem, what="plan")
    table = for_all_series(rows, SeriesIds(task.series_columns, knowledge.labels))
    given = read_given(table, knowledge.problem, labels=knowledge.labels, what="plan")
    if lacking := [name for name in task.known if name not in given.table]:
        names = ", ".join(f"'{name}'" for name in lacking)
        raise SchemaError(f"The plan has no column {names}, which the model needs.")
    columns = tuple(name for name in knowledge.columns if name in given.table)
    known = without_repeats(given, columns=columns, what="plan", problem=knowledge.problem)
    return known.table[[SERIES, STEP, *columns]], given.labels


def rows_to_forecast(knowledge: Knowledge, *, horizon: int | None, given: bool) -> pd.DataFrame:
    """Return a row for each series and stamp, with the columns that the model reads.

    Args:
        knowledge: What is known.
        horizon: Number of steps; ``None`` for the stamps of a plan that came with the history, else for those of the
            training.
        given: Whether the user gave the plan on its own.

    Raises:
        DataError: Columns that are known in advance are missing, or end early.
        SettingsError: The horizon is no positive number, or there would be too many rows.
    """
    task = task_of(knowledge.problem)
    steps = task.horizon if horizon is None else horizon
    if steps < 1:
        raise SettingsError(f"horizon: {steps} is not a number of steps.", "Give 1 or more.")
    if steps * len(knowledge.labels) > _MOST_ROWS:
        raise SettingsError(f"horizon: {steps:,} steps of {len(knowledge.labels):,} series are too many.")
    planned = np.array([], dtype=np.int64)
    if horizon is None and not given:
        planned = planned_series(knowledge.plan, np.flatnonzero(~knowledge.ended))
    rows = _next_steps(knowledge, steps, leave_out=planned).assign(**{UNPLANNED: False})
    if len(planned):
        parts = [rows, *_planned_steps(knowledge, planned)]
        rows = pd.concat(parts).sort_values([SERIES, STEP]).reset_index(drop=True)
    rows[AHEAD] = rows[STEP] - knowledge.ends[rows[SERIES]]
    return with_columns(rows, knowledge)


def _planned_steps(knowledge: Knowledge, planned: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the steps of a plan, and those that it lacks at the end of some of the series."""
    own = knowledge.plan[knowledge.plan[SERIES].isin(planned)][[SERIES, STEP]].astype(np.int64)
    ends = np.where(knowledge.ended, knowledge.newest, knowledge.ends)
    return own.assign(**{UNPLANNED: False}), missing_ends(own, ends).assign(**{UNPLANNED: True})


def _next_steps(knowledge: Knowledge, steps: int, *, leave_out: np.ndarray) -> pd.DataFrame:
    """Return the steps after the end of each series; those of an ended one that is planned, after the others' end."""
    ends = knowledge.ends.copy()
    later = knowledge.plan[knowledge.plan[STEP] > knowledge.newest][SERIES].unique()
    later = later[knowledge.ended[later.astype(np.int64)]].astype(np.int64)
    ends[later] = knowledge.newest
    codes = np.setdiff1d(np.arange(len(ends)), leave_out)
    ahead = np.arange(1, steps + 1) + task_of(knowledge.problem).gap
    return pd.DataFrame(
        {SERIES: np.repeat(codes, steps), STEP: np.repeat(ends[codes], steps) + np.tile(ahead, len(codes))}
    )


def with_columns(rows: pd.DataFrame, knowledge: Knowledge) -> pd.DataFrame:
    """Add the columns that are known in advance, and those that never change.

    Args:
        rows: Rows with ``SERIES`` and ``STEP``.
        knowledge: What is known, with the plan.

    Raises:
        DataError: Columns that are known in advance are missing, or end early.
    """
    task = task_of(knowledge.problem)
    plan = knowledge.plan
    if task.known and not len(plan):
        names = ", ".join(f"'{name}'" for name in task.known)
        raise DataError(
            f"The model needs the future values of {names}.",
            "Give them with --future FILE: a row for each series and time.",
        )
    known = [name for name in task.known if name in plan]
    if known:
        present = plan[[SERIES, STEP, *known]].assign(podium_present=True)
        rows = rows.merge(present, on=[SERIES, STEP], how="left")
        absent = rows.pop("podium_present").isna().to_numpy()
        rows = _carried_forward(rows, absent, known, knowledge)
        _check_complete(rows, absent, known, knowledge)
    for name in task.static:
        own = rows[SERIES].map(knowledge.last[name])
        if name in plan:
            own = own.fillna(rows[SERIES].map(plan.dropna(subset=[name]).groupby(SERIES)[name].last()))
        rows[name] = own
    return rows


def _carried_forward(
    rows: pd.DataFrame, absent: np.ndarray, known: list[str], knowledge: Knowledge
) -> pd.DataFrame:
    """Return rows in which ended series that nobody planned keep their last values."""
    kept = absent & knowledge.ended[rows[SERIES]]
    if kept.any():
        for name in known:
            column = rows[name].astype(object)
            column[kept] = rows.loc[kept, SERIES].map(knowledge.last[name]).astype(object)
            rows[name] = column
    return rows


def _check_complete(rows: pd.DataFrame, absent: np.ndarray, known: list[str], knowledge: Knowledge) -> None:
    """Refuse rows of series that go on without a value that the training data always had.

    Raises:
        DataError: Names column, series and first stamp.
    """
    always = {column.name for column in knowledge.problem.columns if column.required}
    going_on = ~knowledge.ended[rows[SERIES]]
    for name in known:
        missing = (absent | (rows[name].isna().to_numpy() & (name in always))) & going_on
        if not missing.any():
            continue
        first = rows[missing].sort_values([SERIES, STEP]).iloc[0]
        stamp = stamps(knowledge.problem, np.array([first[STEP]], dtype=np.int64))[0]
        raise DataError(
            f"The plan has no value of '{name}'{_of_series(knowledge, int(first[SERIES]))} at {stamp}; "
            f"{int(missing.sum()):,} of {len(rows):,} future values are missing.",
            f"Give a row for each series and each of the times to forecast.{_unknown_series(knowledge)}",
        )


def _unknown_series(knowledge: Knowledge) -> str:
    """Say which series have a plan but no history, which may be misspelled; empty if all have one."""
    names = [", ".join(knowledge.labels[code]) for code in np.flatnonzero(knowledge.cold)]
    return f" The model does not know these series of the plan: {name_list(names, most=3)}." if names else ""


def _of_series(knowledge: Knowledge, code: int) -> str:
    label = ", ".join(knowledge.labels[code])
    return f" for series '{label}'" if label else ""
