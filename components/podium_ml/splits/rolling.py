"""Folds of series: each forecasts a horizon from all that came before it (rolling origin)."""

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.values.row_roles import last_times

_FOLDS = 5
# Forecasts of so many rows compare models well enough.
_MOST_ROWS = 300_000
_GOLDEN = 0.6180339887498949


def rolling_folds(problem: Problem, *, group: np.ndarray | None, time: np.ndarray) -> Folds:
    """Return a fold for each window, the oldest first. A window is one horizon.

    All series have the same windows, so no model learns from what came after the values that it forecasts. If few of
    them reach the end of the data (``SeriesTask.end``), each has windows of its own, counted from its last row.

    A gap before a window is neither learned from nor forecast. Of very many series, all are learned from, and an even
    part is forecast: enough rows to compare models.

    Args:
        problem: Tells horizon, end and number of windows.
        group: Codes of series, or ``None`` for a single one, shape ``(n,)``.
        time: Steps, shape ``(n,)``.
    """
    assert problem.series is not None
    series, codes = problem.series, _codes(group, time)
    place = steps_before_end(series.train_end, group, time)
    compared = _compared(codes, len(series.labels) * series.horizon * series.windows)
    folds: Folds = []
    for window in reversed(range(series.windows)):
        end = window * series.step
        valid = (place >= end) & (place < end + series.horizon) & compared
        train = place >= end + series.reach
        # A series that has no past yet is learned from in later windows only.
        valid &= np.isin(codes, codes[train])
        if valid.any():
            folds.append((np.flatnonzero(train), np.flatnonzero(valid)))
    return folds


def _compared(codes: np.ndarray, rows: int) -> np.ndarray:
    """Return which rows are of series that models are compared on; it depends on the code of the series alone.

    Args:
        codes: Codes of series, shape ``(n,)``.
        rows: Rows of all windows of all series.
    """
    # The golden ratio spreads consecutive codes evenly (Knuth, The Art of Computer Programming, volume 3, 6.4).
    return np.asarray((codes * _GOLDEN) % 1.0 < _MOST_ROWS / max(1, rows))


def window_folds(problem: Problem, targets: Targets, rows: np.ndarray) -> Folds:
    """Return splits of forecast rows for cross-fitting: by window, or by series if there is one window.

    Args:
        problem: Tells horizon and number of windows.
        targets: Targets of all rows.
        rows: Positions of the rows to split.
    """
    assert problem.series is not None
    assert targets.time is not None
    place = steps_before_end(problem.series.train_end, targets.group, targets.time)
    unit = place[rows] // problem.series.step
    if len(np.unique(unit)) < 2:
        if targets.group is None:
            return []
        unit = np.unique(targets.group[rows], return_inverse=True)[1] % _FOLDS
    units = np.unique(unit)
    if len(units) < 2:
        return []
    return [(np.flatnonzero(unit != one), np.flatnonzero(unit == one)) for one in units]


def steps_before_end(end: int | None, group: np.ndarray | None, time: np.ndarray) -> np.ndarray:
    """Return how many steps before the end each row is, shape ``(n,)``.

    Args:
        end: The last step; ``None`` for that of each series.
        group: Codes of series, or ``None`` for a single one, shape ``(n,)``.
        time: Steps, shape ``(n,)``.
    """
    return (last_times(time, _codes(group, time)) if end is None else end) - time


def _codes(group: np.ndarray | None, time: np.ndarray) -> np.ndarray:
    return np.zeros(len(time), dtype=np.int64) if group is None else group
