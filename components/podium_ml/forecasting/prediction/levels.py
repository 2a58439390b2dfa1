"""Quantiles at the levels that a user asks for."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from podium_ml.errors import SettingsError
from podium_ml.forecasting.levels import LEVELS


def check_levels(levels: Sequence[float]) -> tuple[float, ...]:
    """Return levels of quantiles in order, each once.

    Raises:
        SettingsError: A level is no number between 0 and 1.
    """
    for one in levels:
        if not 0 < one < 1:
            raise SettingsError(f"quantiles: {one:g} is not between 0 and 1.", "Give e.g. 0.1,0.5,0.9.")
    return tuple(sorted(set(map(float, levels))))


def at_levels(raw: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Return quantiles at other levels in order, shape ``(n, len(levels))``; they never cross.

    Between the levels of the model they are interpolated; beyond, they go on as those of a normal distribution would.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        levels: Levels between 0 and 1, in order.
    """
    if not len(levels):
        return np.empty((len(raw), 0))
    known, wanted = norm.ppf(LEVELS), norm.ppf(np.asarray(levels, dtype=np.float64))
    quantiles = np.sort(raw[:, 1:], axis=1)
    found = between_levels(quantiles, LEVELS, levels)
    # Beyond the outer levels, the distance to the median goes on, which is steadier than that of two neighbours.
    middle = quantiles[:, len(LEVELS) // 2, None]
    for outer, at in ((wanted < known[0], 0), (wanted > known[-1], -1)):
        grown = middle + (quantiles[:, [at]] - middle) * (wanted[outer] / known[at])
        found[:, outer] = grown
    return np.sort(found, axis=1)


def between_levels(quantiles: np.ndarray, known: Sequence[float], wanted: Sequence[float]) -> np.ndarray:
    """Return quantiles at other levels, as straight as those of a normal distribution between two levels.

    Args:
        quantiles: Quantiles in order, shape ``(n, k)``.
        known: Their levels, in order, shape ``(k,)``.
        wanted: Levels between 0 and 1, shape ``(w,)``.

    Returns:
        Quantiles, shape ``(n, w)``.
    """
    places, places_wanted = norm.ppf(known), norm.ppf(np.asarray(wanted, dtype=np.float64))
    at = np.clip(np.searchsorted(places, places_wanted) - 1, 0, len(places) - 2)
    part = (places_wanted - places[at]) / (places[at + 1] - places[at])
    found: np.ndarray = quantiles[:, at] + part * (quantiles[:, at + 1] - quantiles[:, at])
    return found
