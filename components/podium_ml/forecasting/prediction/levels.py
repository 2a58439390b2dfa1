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
    place = np.clip(np.searchsorted(known, wanted) - 1, 0, len(known) - 2)
    part = (wanted - known[place]) / (known[place + 1] - known[place])
    found = quantiles[:, place] + part * (quantiles[:, place + 1] - quantiles[:, place])
    # Beyond the outer levels, the distance to the median goes on, which is steadier than that of two neighbours.
    middle = quantiles[:, len(LEVELS) // 2, None]
    for outer, at in ((wanted < known[0], 0), (wanted > known[-1], -1)):
        grown = middle + (quantiles[:, [at]] - middle) * (wanted[outer] / known[at])
        found[:, outer] = grown
    return np.sort(found, axis=1)
