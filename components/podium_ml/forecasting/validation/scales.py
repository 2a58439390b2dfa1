"""Scales of the errors of series, so that series in any unit can be compared."""

import numpy as np

from podium_ml.forecasting.panel.panel import Panel


def naive_scales(
    panel: Panel, values: np.ndarray, rows: np.ndarray, season: int, *, power: int = 1
) -> np.ndarray:
    """Return the mean error of the seasonal naive forecast of each series (Hyndman and Koehler 2006).

    A series without any, because it is short or constant, gets that of the naive one, else the size of its values.

    Args:
        panel: The series.
        values: The target of all rows.
        rows: Positions of the rows to use, in order.
        season: Steps of a season.
        power: 1 for the mean absolute error, 2 for the root of the mean squared error.

    Returns:
        A positive number for each series, shape ``(s,)``.
    """
    series, steps, values = panel.series[rows], panel.steps[rows], values[rows]
    count = len(panel.ids.labels)
    scales = np.full(count, np.nan)
    for lag in (season, 1):
        now, before = _pairs(series, steps, lag)
        found = _means(np.abs(values[now] - values[before]), series[now], count, power)
        scales = _first_positive(scales, found)
    scales = _first_positive(scales, _means(np.abs(values), series, count, power))
    return _first_positive(scales, np.ones(count))


def _pairs(series: np.ndarray, steps: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of rows whose series has a row some steps before, and those of these."""
    if not len(steps):
        return steps, steps
    width = int(steps.max() - steps.min()) + lag + 1
    keys = series * width + (steps - steps.min())
    places = np.searchsorted(keys, keys - lag)
    found = (keys[places] == keys - lag) & (series[places] == series)
    return np.flatnonzero(found), places[found]


def _means(values: np.ndarray, series: np.ndarray, count: int, power: int) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.bincount(series, weights=values**power, minlength=count)
        means = sums / np.bincount(series, minlength=count)
    return np.asarray(means ** (1 / power))


def _first_positive(scales: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(scales) & (scales > 0), scales, others)
