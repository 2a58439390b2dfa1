"""Partial dependence (Friedman, Annals of Statistics, 2001, section 8.2) on single columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, PartialDependence
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import LabelledRows
from podium_ml.explanation.mixing import stack

MOST_POINTS = 16
_MAX_CATEGORIES = 8
_MAX_CLASSES = 4
# Beyond these quantiles there are too few rows for a reliable mean.
_FIRST, _LAST = 0.02, 0.98


@dataclass(frozen=True)
class _Grid:
    """Values that a column is set to.

    Attributes:
        cells: Raw values, as in the user's table.
        shown: The same as numbers or text.
    """

    cells: pd.Series
    shown: tuple[float | str, ...]


def partial_dependence(
    model: ColumnModel, rows: LabelledRows, column: str, *, outputs: np.ndarray
) -> PartialDependence | None:
    """Return the weighted mean prediction with one column set to each value of a grid in every row.

    Args:
        model: The model.
        rows: Rows to average over.
        column: The column.
        outputs: Which outputs of the model to show; see ``outputs_to_show``.

    Returns:
        The dependence, or ``None`` for columns that have no order and no categories, such as text.
    """
    grid = _grid(model, rows, column)
    if grid is None or len(grid.shown) < 2:
        return None
    predictions = model.predict(_with_grid(model, rows, column, grid))
    means = np.tensordot(predictions.reshape(len(grid.shown), len(rows), -1), rows.shares, axes=(1, 0))
    return PartialDependence(
        column=column,
        grid=grid.shown,
        values=tuple(tuple(means[:, output].tolist()) for output in outputs),
        labels=tuple(output_label(model, output) for output in outputs),
        rows=len(rows),
    )


def _with_grid(model: ColumnModel, rows: LabelledRows, column: str, grid: _Grid) -> pd.DataFrame:
    """Return the features of all rows at every point of the grid, point by point. Only the points are featurized."""
    n, points = len(rows), len(grid.shown)
    examples = rows.table.iloc[[0] * points].reset_index(drop=True)
    examples[column] = grid.cells.array
    both = stack([rows.X, model.features(examples)])
    sources = np.tile(np.arange(n)[:, None], (points, len(model.columns)))
    sources[:, model.columns.index(column)] = n + np.repeat(np.arange(points), n)
    return model.mixed(both, sources)


def outputs_to_show(model: ColumnModel, predictions: np.ndarray) -> np.ndarray:
    """Return the outputs to show: the positive class, the value, or the most frequently predicted classes."""
    if model.n_outputs <= 2:
        return np.array([model.n_outputs - 1])
    counts = np.bincount(predictions.argmax(axis=1), minlength=model.n_outputs)
    return np.sort(np.argsort(-counts, kind="stable")[:_MAX_CLASSES])


def output_label(model: ColumnModel, output: int) -> str:
    """Return the name of the class that an output is the probability of; empty for regression."""
    return model.output_name(output)


def _grid(model: ColumnModel, rows: LabelledRows, name: str) -> _Grid | None:
    table = rows.table
    column = next(one for one in model.problem.columns if one.name == name)
    match column.role:
        case "categorical" | "boolean":
            return _categories(table[name])
        case "numeric":
            return _numbers(model, rows, name)
        case "datetime" | "time":
            return _dates(table, column)
        case _:
            return None


def _categories(values: pd.Series) -> _Grid:
    frequent = values.value_counts().head(_MAX_CATEGORIES).index
    cells = pd.Series(frequent, dtype=values.dtype)
    try:
        cells = cells.sort_values(ignore_index=True)
    except TypeError:  # text and numbers in one column
        cells = cells.iloc[cells.astype(str).argsort()].reset_index(drop=True)
    return _Grid(cells, tuple(str(cell) for cell in cells))


def _numbers(model: ColumnModel, rows: LabelledRows, name: str) -> _Grid:
    """Choose quantiles of the numbers that the featurizer reads; the table may hold them as text."""
    numbers = rows.X[model.features_of[model.columns.index(name)][0]].to_numpy(dtype=float)
    chosen = _spread(numbers)
    return _Grid(rows.table[name].iloc[chosen].reset_index(drop=True), tuple(numbers[chosen].tolist()))


def _dates(table: pd.DataFrame, column: Column) -> _Grid | None:
    values = table[column.name]
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        return None
    order = values.astype("int64").to_numpy().astype(float)
    order[values.isna().to_numpy()] = np.nan
    cells = values.iloc[_spread(order)].reset_index(drop=True)
    return _Grid(cells, tuple(_date(cell) for cell in cells))


def _spread(numbers: np.ndarray) -> np.ndarray:
    """Return rows with distinct numbers, evenly spread over the quantiles, in ascending order."""
    known = np.flatnonzero(np.isfinite(numbers))
    distinct, first = np.unique(numbers[known], return_index=True)
    if len(distinct) > MOST_POINTS:
        quantiles = np.quantile(numbers[known], np.linspace(_FIRST, _LAST, MOST_POINTS))
        nearest = np.searchsorted(distinct, quantiles).clip(0, len(distinct) - 1)
        first = first[np.unique(nearest)]
    return known[first]


def _date(cell: Any) -> str:
    return cell.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
