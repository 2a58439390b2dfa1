"""Forecasts of series with too few values for any model: the shape of the others at their own level."""

import numpy as np
import pandas as pd

from podium_ml.forecasting.history import SERIES, STEP, History
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.prediction.knowledge import Knowledge

FEWEST_VALUES = 3
"""Series with fewer values have the shape of the others."""
_MOST_OTHERS = 100


def fill_short(raw: np.ndarray, rows: pd.DataFrame, knowledge: Knowledge) -> np.ndarray:
    """Return forecasts in which series of one or two values follow the others.

    Each other series that has values at the same steps is scaled so that it fits the few values. The point is the
    median of the others' points, and the quantiles are those of all their quantiles together.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        rows: The rows of the future.
        knowledge: What is known.
    """
    codes, steps = rows[SERIES].to_numpy(dtype=np.int64), rows[STEP].to_numpy(dtype=np.int64)
    wanted = np.unique(codes)
    short = wanted[(knowledge.counts[wanted] > 0) & (knowledge.counts[wanted] < FEWEST_VALUES)]
    others = wanted[knowledge.counts[wanted] >= FEWEST_VALUES][:_MOST_OTHERS]
    if not len(short) or not len(others):
        return raw
    filled = raw.copy()
    for code in short:
        own = knowledge.past[code]
        factors = np.array([_factor(own, knowledge.past[other]) for other in others])
        fitting = others[np.isfinite(factors)]
        if not len(fitting):
            continue
        factor = pd.Series(factors[np.isfinite(factors)], index=fitting)
        of_others = np.flatnonzero(np.isin(codes, fitting))
        scaled = raw[of_others] * factor[codes[of_others]].to_numpy()[:, None]
        for at in np.flatnonzero(codes == code):
            near = np.abs(steps[of_others] - steps[at])
            pool = scaled[near == near.min()]
            filled[at] = np.append(np.median(pool[:, 0]), np.quantile(pool[:, 1:], LEVELS))
    return filled


def _factor(own: History, other: History) -> float:
    """Return how many times larger a series is than another at the steps of its values; NaN if that cannot be said."""
    place = np.flatnonzero(np.isfinite(own.values))
    at = place + own.first - other.first
    inside = (at >= 0) & (at < len(other.values))
    beside = other.values[at[inside]]
    mine = own.values[place[inside]]
    known = np.isfinite(beside)
    sums = float(mine[known].sum()), float(beside[known].sum())
    return sums[0] / sums[1] if min(sums) > 0 else float("nan")
