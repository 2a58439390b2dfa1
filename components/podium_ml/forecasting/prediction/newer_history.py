"""Newer rows of series: reading and checking them, and giving them to a fitted model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.errors import DataError, SchemaError
from podium_ml.forecasting.hierarchy.rows import sums_of_history
from podium_ml.forecasting.hierarchy.tree import Label, Tree
from podium_ml.forecasting.history import SERIES, STEP, Past
from podium_ml.forecasting.panel.calendars import calendar_from_dict
from podium_ml.forecasting.panel.fill import fill_rows
from podium_ml.forecasting.panel.stamps import StampFormat
from podium_ml.forecasting.prediction.given_rows import (
    GivenRows,
    finite_numbers,
    read_given,
    refused,
    task_of,
)
from podium_ml.forecasting.validation.labelled import are_too_large

# At most this share of the times may be off by more than this part of the usual distance of two stamps.
_MOST_OFF, _OFF = 0.05, 0.3
# So many gaps that are about equal, and have so many steps, show another frequency; those of rare sales vary.
_OTHER_STEPS, _MOST_GAPS, _FEWEST_GAPS, _EQUAL = 4, 0.8, 5, 0.2


@dataclass(frozen=True)
class NewerHistory:
    """What a user's newer rows say.

    Attributes:
        known: Rows that have a value, one for each series and step, in order.
        plan: Rows after the last value of their series, without one.
        labels: Labels of all series; those of new ones come last.
    """

    known: pd.DataFrame
    plan: pd.DataFrame
    labels: tuple[tuple[str, ...], ...]


def read_newer(rows: Any, problem: Problem, past: Past) -> NewerHistory:
    """Read and check the history that a user gives to a fitted model.

    Args:
        rows: Rows with the columns of the training data.
        problem: The problem of the model.
        past: What the model knows of each series.

    Raises:
        DataError: The history is older than the model's, has another frequency, or cannot be read.
    """
    target = problem.target
    given = read_given(rows, problem, what="history")
    if target not in given.table:
        raise SchemaError(f"The history has no column '{target}', which the model forecasts.")
    column = next((one for one in problem.columns if one.name == target), None)
    values = finite_numbers(given.table[target], column, what="history")
    if (huge := are_too_large(values)).any():
        why = "too large to be forecast"
        raise refused(given.table[target], int(huge.argmax()), what="history", why=why)
    known = np.isfinite(values)
    if not known.any():
        raise DataError(f"The history has no value of '{target}'.")
    table = given.table.assign(**{target: values})
    _check_frequency(GivenRows(table[known].reset_index(drop=True), given.off[known], given.labels), problem)
    rows_known = _one_a_step(table[known], problem)
    _check_newer(rows_known, problem, past)
    rows_known = _with_sums(_filled(rows_known, problem, past), given.labels, problem, past)
    return NewerHistory(rows_known, _planned(table, rows_known, past), given.labels)


def _with_sums(rows: pd.DataFrame, labels: Sequence[Label], problem: Problem, past: Past) -> pd.DataFrame:
    """Return rows with those of sums, where all series of a sum that go on have a value."""
    tree = Tree.of(labels)
    if not tree:
        return rows
    own = rows[~tree.is_sum[rows[SERIES].to_numpy(dtype=np.int64)]]
    going_on = past.codes[past.lasts >= past.lasts.max() - task_of(problem).reach]
    numbers = [name for name in task_of(problem).known if name in own]
    kept = own[[SERIES, STEP, problem.target, *numbers]]
    added = sums_of_history(kept, tree, problem.target, going_on=going_on[~tree.is_sum[going_on]])
    return pd.concat([own, added], ignore_index=True).sort_values([SERIES, STEP]).reset_index(drop=True)


def _filled(rows: pd.DataFrame, problem: Problem, past: Past) -> pd.DataFrame:
    """Return rows in which stamps after the model's history that have none are filled as in training."""
    task = task_of(problem)
    if not task.fill:
        return rows
    after = dict(zip(past.codes.tolist(), (past.lasts + 1).tolist(), strict=True))
    new = rows[rows[STEP] >= rows[SERIES].map(pd.Series(after)).fillna(-np.inf)]
    old = rows.drop(new.index)
    filled = fill_rows(
        new.reset_index(drop=True), task.fill, problem.target, time_column=task.time_column, since=after
    )
    return pd.concat([old, filled.dropna(subset=[problem.target])], ignore_index=True)


def _planned(table: pd.DataFrame, known: pd.DataFrame, past: Past) -> pd.DataFrame:
    """Return the rows after the last value of their series."""
    last = dict(zip(past.codes.tolist(), past.lasts.tolist(), strict=True))
    ends = known.groupby(SERIES)[STEP].max()
    for code, step in zip(ends.index.to_numpy(), ends.to_numpy(), strict=True):
        last[int(code)] = max(int(step), last.get(int(code), int(step)))
    after = table[STEP] > table[SERIES].map(pd.Series(last)).fillna(-np.inf)
    return table[after].drop_duplicates([SERIES, STEP]).reset_index(drop=True)


def _one_a_step(table: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return one row for each series and step, in order, without copies; values are combined as in training."""
    task = task_of(problem)
    ordered = table.sort_values([SERIES, STEP], kind="stable").reset_index(drop=True)
    if not task.aggregate:
        same = [SERIES, STEP, problem.target, *(name for name in task.known if name in table)]
        ordered = ordered.drop_duplicates(same).reset_index(drop=True)
    repeated = ordered.duplicated([SERIES, STEP])
    if not repeated.any():
        return ordered
    if not task.aggregate and not _hours(problem):
        row = ordered[repeated].iloc[0]
        series = ", ".join(str(row[name]) for name in task.series_columns)
        where = f"'{series}' has" if series else "The history has"
        raise DataError(
            f"{where} several rows of one time, with different values: the first at {row[task.time_column]}.",
            "Give one row for each series and time.",
        )
    combined = ordered.groupby([SERIES, STEP])[problem.target].agg(task.aggregate or "mean")
    first = ordered[~repeated].reset_index(drop=True)
    return first.assign(**{problem.target: combined.to_numpy()})


def _hours(problem: Problem) -> bool:
    """Whether steps are shorter than a day and without a zone, so that an hour may be there twice."""
    task = task_of(problem)
    calendar = calendar_from_dict(task.calendar)
    apart = calendar.moments(np.array([1])) - calendar.moments(np.array([0]))
    return task.stamps.get("kind") == "moment" and bool(apart[0] < np.timedelta64(1, "D"))


def _check_frequency(given: GivenRows, problem: Problem) -> None:
    """Refuse times of another frequency.

    Raises:
        DataError: Times are between the stamps, or most gaps have several steps.
    """
    task = task_of(problem)
    calendar = calendar_from_dict(task.calendar)
    unit = (calendar.moments(np.array([1])) - calendar.moments(np.array([0]))).astype("m8[us]")
    off = given.off > _OFF * int(unit.astype(np.int64)[0])
    ordered = given.table.sort_values([SERIES, STEP])
    gaps = ordered.groupby(SERIES)[STEP].diff().dropna().to_numpy()
    usual = float(np.median(gaps)) if len(gaps) >= _FEWEST_GAPS else 0.0
    equal = np.abs(gaps - usual) <= _EQUAL * usual
    sparse = usual >= _OTHER_STEPS and equal.mean() > _MOST_GAPS
    if off.mean() > _MOST_OFF or sparse:
        row = int(off.argmax()) if off.any() else 0
        raise DataError(
            f"The history has another frequency than the model, which forecasts {calendar.title}: "
            f"see '{given.table[task.time_column].iloc[row]}'.",
            "Give a history with the times of the training data.",
        )


def _check_newer(known: pd.DataFrame, problem: Problem, past: Past) -> None:
    """Refuse a history that ends before what the model knows.

    Raises:
        DataError: It does.
    """
    ends, own = int(known[STEP].max()), int(past.lasts.max())
    if ends < own:
        end, end_of_model = stamps(problem, np.array([ends, own]))
        raise DataError(
            f"The history is older than the model's: it ends at {end}, but the model was trained until {end_of_model}.",
            "Give a newer history, or none: the model knows its own.",
        )


def stamps(problem: Problem, steps: np.ndarray) -> list[str]:
    """Return steps as the training data write them."""
    task = task_of(problem)
    return StampFormat.from_dict(task.stamps).write(calendar_from_dict(task.calendar).moments(steps))


def with_rows(model: Any, X: pd.DataFrame, y: np.ndarray) -> Any:
    """Return a model that knows further rows and forecasts from the newest; its parameters stay.

    Args:
        model: A ``BaggedModel``, or an ensemble of them.
        X: Features of the rows.
        y: Their values, shape ``(n,)``.
    """
    return _each(model, lambda fold: fold.estimator.with_history(fold.encoder.transform(X), y))


def until(model: Any, step: int) -> Any:
    """Return a model that knows nothing after a step."""
    return _each(model, lambda fold: fold.estimator.until(step))


def past_of(model: Any) -> Past:
    """Return what a model knows of each series."""
    member = getattr(model, "members", (model,))[0]
    past: Past = member.folds[0].estimator.past_
    return past


def _each(model: Any, renew: Any) -> Any:
    if members := getattr(model, "members", ()):
        return replace(model, members=tuple(_each(member, renew) for member in members))
    folds = tuple(replace(fold, estimator=renew(fold)) for fold in model.folds)
    return replace(model, folds=folds)
