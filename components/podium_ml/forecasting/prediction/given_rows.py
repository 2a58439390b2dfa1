"""Rows that a user gives to a fitted forecaster, with their series and steps."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Problem, SeriesTask
from podium_ml.contracts.reading import Mark
from podium_ml.errors import DataError, SchemaError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.calendars import calendar_from_dict
from podium_ml.forecasting.panel.series_ids import SeriesIds
from podium_ml.forecasting.panel.stamps import StampFormat
from podium_ml.forecasting.panel.zones import offset_of
from podium_ml.forecasting.validation.planned_rows import codes_of
from podium_ml.ingestion.in_memory import as_data_frame
from podium_ml.ingestion.new_rows import read_new_rows
from podium_ml.values.missing_markers import ALWAYS, AMONG_NUMBERS
from podium_ml.values.numbers import read_numbers

_MARKERS = ALWAYS | AMONG_NUMBERS


def task_of(problem: Problem) -> SeriesTask:
    """Return what a forecasting problem forecasts."""
    assert problem.series is not None
    return problem.series


@dataclass(frozen=True)
class GivenRows:
    """Rows of series, in the order of the user.

    Attributes:
        table: The user's columns and those of ``SERIES`` and ``STEP``, with a RangeIndex.
        off: Distance of each time from its stamp, shape ``(n,)``.
        labels: Labels of all series; those of new ones come last.
    """

    table: pd.DataFrame
    off: np.ndarray
    labels: tuple[tuple[str, ...], ...]


def read_given(
    rows: Any, problem: Problem, *, labels: tuple[tuple[str, ...], ...] = (), what: str = "rows"
) -> GivenRows:
    """Find series and step of each row.

    Args:
        rows: Rows in any form that ``as_table`` takes.
        problem: The problem of the model.
        labels: Labels of the series that are known; by default those of the problem.
        what: What the rows are, for messages.

    Raises:
        SchemaError: A column is missing.
        DataError: A time cannot be read.
    """
    task = task_of(problem)
    table = as_table(rows, problem, what=what)
    lacking = [name for name in (task.time_column, *task.series_columns) if name not in table]
    if lacking:
        names = ", ".join(f"'{name}'" for name in lacking)
        raise SchemaError(f"The {what} have no column {names}.", f"Columns: {', '.join(map(str, table))}.")
    _check_zone(table[task.time_column], task, what)
    _check_numbers(table, problem, what)
    form = StampFormat.from_dict(task.stamps)
    moments = form.read(table[task.time_column])
    if np.isnat(moments).any():  # newer times may have remarks that those of the training had not
        moments = replace(form, has_remarks=True).read(table[task.time_column])
    unread = np.isnat(moments)
    if unread.any():
        row = int(unread.argmax())
        value = table[task.time_column].iloc[row]
        raise DataError(
            f"Time column '{task.time_column}': row {row + 1} of the {what} holds '{value}', "
            "which is no time as the training data write it."
        )
    calendar = calendar_from_dict(task.calendar)
    steps = calendar.steps(moments)
    codes, known = codes_of(table, SeriesIds(task.series_columns, labels or task.labels))
    off = np.abs((calendar.moments(steps) - moments).astype("m8[us]").astype(np.int64))
    return GivenRows(table.assign(**{SERIES: codes, STEP: steps}), off, known)


def as_table(rows: Any, problem: Problem, *, what: str) -> pd.DataFrame:
    """Return rows as a data frame with a RangeIndex.

    Args:
        rows: Rows in any form that ``as_data_frame`` takes, or the path of a file.
        problem: The problem of the model, which tells how files are read.
        what: What the rows are, for messages.
    """
    if isinstance(rows, str | Path):
        return read_new_rows(str(rows), problem)
    return as_data_frame(rows, name=what).reset_index(drop=True)


def _check_zone(column: pd.Series, task: SeriesTask, what: str) -> None:
    """Refuse times without an offset from UTC where the training data have one, and the reverse.

    Raises:
        DataError: They would be read hours off.
    """
    kind, texts = task.stamps.get("kind"), [one for one in column.dropna().head(1) if isinstance(one, str)]
    if (
        task.stamps.get("ignores_offsets")
        or kind not in ("moment", "zoned")
        or not (texts or pd.api.types.is_datetime64_any_dtype(column.dtype))
    ):
        return
    plain = [StampFormat.from_dict(task.stamps).without_words(one) for one in texts]
    has_offset = bool(offset_of(plain[0])) if plain else isinstance(column.dtype, pd.DatetimeTZDtype)
    if has_offset != (kind == "zoned"):
        have = ("have an offset from UTC", "have none")
        raise DataError(
            f"Time column '{task.time_column}': the times of the {what} {have[not has_offset]}, "
            f"but those of the training data {have[has_offset]}.",
            "Write them alike.",
        )


def _check_numbers(table: pd.DataFrame, problem: Problem, what: str) -> None:
    """Refuse texts in columns of numbers that are known in advance, such as prices.

    Raises:
        DataError: Names the row.
    """
    for column in problem.columns:
        if column.name in task_of(problem).known and column.role == "numeric" and column.name in table:
            finite_numbers(table[column.name], column, what=what)


def finite_numbers(values: pd.Series, column: Column | None, *, what: str) -> np.ndarray:
    """Return a column as numbers; NaN where it is empty or holds a marker of missing values.

    Args:
        values: The column.
        column: How the training data write it, or ``None`` if they have no such column.
        what: What the rows are, for messages.

    Raises:
        DataError: Something else is no finite number; the message names its row.
    """
    numbers = read_numbers(values, decimal=mark_of(column) if column else ".")
    for row in np.flatnonzero(~np.isfinite(numbers) & values.notna().to_numpy()):
        if str(values.iloc[row]).strip() not in _MARKERS:
            raise refused(values, int(row), what=what, why="not a finite number")
    return numbers


def refused(values: pd.Series, row: int, *, what: str, why: str) -> DataError:
    """Return the error of a value that cannot be used.

    Args:
        values: The column.
        row: Position of the value.
        what: What the rows are.
        why: What the value is.
    """
    return DataError(
        f"'{values.name}': row {row + 1} of the {what} holds '{values.iloc[row]}', which is {why}."
    )


def mark_of(column: Column) -> Mark:
    """Return the decimal mark of the numbers of a column."""
    return (column.reading.decimal if column.reading else "") or "."


def without_repeats(given: GivenRows, *, columns: tuple[str, ...], what: str, problem: Problem) -> GivenRows:
    """Return one row for each series and step, that nearest to the stamp.

    Raises:
        DataError: Rows of one stamp have different values.
    """
    order = np.lexsort((given.off, given.table[STEP], given.table[SERIES]))
    table, off = given.table.iloc[order].reset_index(drop=True), given.off[order]
    again = table.duplicated([SERIES, STEP]).to_numpy()
    first = table[~again].reset_index(drop=True)
    if again.any():
        _check_equal(table, off, again, columns=columns, what=what, problem=problem)
    return replace(given, table=first, off=off[~again])


def _check_equal(
    table: pd.DataFrame,
    off: np.ndarray,
    again: np.ndarray,
    *,
    columns: tuple[str, ...],
    what: str,
    problem: Problem,
) -> None:
    task = task_of(problem)
    exact = table[off == off.min()][[SERIES, STEP, *columns]].drop_duplicates()
    twice = exact.duplicated([SERIES, STEP])
    if twice.any():
        row = exact[twice].iloc[0]
        stamp = table[task.time_column].loc[row.name]
        series = ", ".join(str(table[name].loc[row.name]) for name in task.series_columns)
        where = f" of series '{series}'" if series else ""
        raise DataError(f"The {what} have several rows{where} at {stamp}, with different values.")
