"""Folds of series: each forecasts a horizon from all that came before it (rolling origin)."""

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets

_FOLDS = 5
# Forecasts of so many rows compare models well enough.
_MOST_ROWS = 300_000
_GOLDEN = 0.6180339887498949


def rolling_folds(problem: Problem, *, group: np.ndarray | None, time: np.ndarray) -> Folds:
    """Return a fold for each window, the oldest first. A window is one horizon, counted from the end of each series.

    A gap before it is neither learned from nor forecast. Of very many series, all are learned from, and an even part is
    forecast: enough rows to compare models.

    Args:
        problem: Tells horizon and number of windows.
        group: Codes of series, or ``None`` for a single one, shape ``(n,)``.
        time: Sortable times, shape ``(n,)``.
    """
    assert problem.series is not None
    series, place = problem.series, places_from_end(group, time)
    compared = _compared(_codes(group, time), len(series.labels) * series.horizon)
    folds: Folds = []
    for window in reversed(range(series.windows)):
        end = window * series.step
        valid = (place >= end) & (place < end + series.horizon) & compared
        train = place >= end + series.reach
        # A series that has no past yet is learned from in later windows only.
        valid &= np.isin(_codes(group, time), _codes(group, time)[train])
        if valid.any():
            folds.append((np.flatnonzero(train), np.flatnonzero(valid)))
    return folds


def _compared(codes: np.ndarray, rows: int) -> np.ndarray:
    """Return which rows are of series that models are compared on; it depends on the code of the series alone.

    Args:
        codes: Codes of series, shape ``(n,)``.
        rows: Rows of a horizon of all series.
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
    unit = places_from_end(targets.group, targets.time)[rows] // problem.series.step
    if len(np.unique(unit)) < 2:
        if targets.group is None:
            return []
        unit = np.unique(targets.group[rows], return_inverse=True)[1] % _FOLDS
    units = np.unique(unit)
    if len(units) < 2:
        return []
    return [(np.flatnonzero(unit != one), np.flatnonzero(unit == one)) for one in units]


def places_from_end(group: np.ndarray | None, time: np.ndarray) -> np.ndarray:
    """Return the place of each row in its series, counted from the last, which is 0; shape ``(n,)``."""
    codes = _codes(group, time)
    # Rows in order, as series usually are, need no sorting.
    order = np.arange(len(codes))[::-1] if _in_order(codes, time) else np.lexsort((-time, codes))
    starts = np.flatnonzero(np.append(True, np.diff(codes[order]) != 0))
    lengths = np.diff(np.append(starts, len(order)))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return place


def _in_order(codes: np.ndarray, time: np.ndarray) -> bool:
    later = codes[1:] > codes[:-1]
    return bool((later | ((codes[1:] == codes[:-1]) & (time[1:] >= time[:-1]))).all())


def _codes(group: np.ndarray | None, time: np.ndarray) -> np.ndarray:
    return np.zeros(len(time), dtype=np.int64) if group is None else group
