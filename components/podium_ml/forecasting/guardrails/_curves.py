"""Trend, season and noise of one series."""

import numpy as np

from podium_ml.forecasting.validation.context import Sampled

# The median of absolute deviations of normal values, in standard deviations.
_NORMAL = 0.6745


def filled(one: Sampled) -> np.ndarray:
    """Return the values with gaps interpolated."""
    values = one.values
    known = np.flatnonzero(~np.isnan(values))
    return np.interp(np.arange(len(values)), known, values[known])


def spread(values: np.ndarray) -> float:
    """Return the standard deviation, estimated so that outliers do not matter."""
    known = values[~np.isnan(values)]
    return float(np.median(np.abs(known - np.median(known))) / _NORMAL) if len(known) else 0.0


def without_season(values: np.ndarray, season: int) -> np.ndarray:
    """Return values less the mean course of a season, as it differs from the moving mean around it."""
    if season < 2 or len(values) < 2 * season:
        return values
    kernel = np.full(season, 1 / season)
    padded = np.pad(values, (season // 2, season - 1 - season // 2), mode="edge")
    level = np.convolve(padded, kernel, mode="valid")
    place = np.arange(len(values)) % season
    sums = np.bincount(place, weights=values - level, minlength=season)
    course = sums / np.bincount(place, minlength=season)
    return values - (course - course.mean())[place]


def line(values: np.ndarray) -> np.ndarray:
    """Return the straight line through values."""
    if len(values) < 2:
        return values
    slope, start = np.polyfit(np.arange(len(values)), values, 1)
    return start + slope * np.arange(len(values))


def similarity(values: np.ndarray, lag: int) -> float:
    """Return the correlation of values with those some steps before, 0 if they do not vary."""
    if len(values) < lag + 3:
        return 0.0
    early, late = values[:-lag] - values[:-lag].mean(), values[lag:] - values[lag:].mean()
    size = float(np.sqrt((early @ early) * (late @ late)))
    return float(early @ late) / size if size > 0 else 0.0
