"""How wide intervals must be to cover what they should."""

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm

from podium_ml.forecasting.hierarchy.reconciliation import Reconciliation
from podium_ml.forecasting.levels import LEVELS

# Factors are within these bounds, and drawn towards 1 as if so many values had been covered as they should.
_LEAST, _MOST, _BEFORE = 0.2, 5.0, 20
# So many rows tell a quantile well enough.
_MOST_ROWS = 200_000
_INTERVAL = LEVELS[-1] - LEVELS[0]
_NORMAL = norm.ppf(LEVELS)
_AS_IT_SHOULD = norm.ppf(0.5 + (np.arange(_BEFORE) + 0.5) / (2 * _BEFORE)) / norm.ppf(LEVELS[-1])


@dataclass(frozen=True)
class Widths:
    """Makes intervals narrower or wider.

    Attributes:
        sharpness: What to divide the distances of quantiles from the point by.
        reconciliation: How forecasts are made to add up, if series have sums.
    """

    sharpness: float
    reconciliation: Reconciliation = field(default_factory=Reconciliation, compare=False)

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return points and quantiles, shape ``(n, 1 + q)``; what was never negative stays so."""
        if self.sharpness == 1.0:
            return raw
        point = raw[:, :1]
        quantiles = point + (raw[:, 1:] - point) / self.sharpness
        floor = np.where(raw.min(axis=1, keepdims=True) >= 0, 0.0, -np.inf)
        return np.column_stack([point, np.maximum(quantiles, floor)])


def with_spread(raw: np.ndarray, deviation: np.ndarray, *, never_negative: np.ndarray) -> np.ndarray:
    """Return points with quantiles that are further apart, by the deviation of what else is uncertain.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        deviation: Standard deviation of a further, independent error of each row, shape ``(n,)``.
        never_negative: Which rows have no negative quantile, shape ``(n,)``.
    """
    point, side = raw[:, :1], np.sign(_NORMAL)
    distance = np.hypot(np.maximum(side * (raw[:, 1:] - point), 0.0), deviation[:, None] * _NORMAL)
    moved = point + side * distance
    quantiles = np.where(side > 0, np.maximum(moved, raw[:, 1:]), np.minimum(moved, raw[:, 1:]))
    quantiles = np.where(side == 0, raw[:, 1:], quantiles)
    floor = np.where(never_negative, 0.0, -np.inf)[:, None]
    return np.column_stack([point, np.maximum(quantiles, floor)])


def fitting_width(raw: np.ndarray, y: np.ndarray) -> float:
    """Return what to divide the distances of quantiles from the point by, so that the widest interval covers its share.

    Args:
        raw: Points and quantiles of values that were not learned from, shape ``(n, 1 + q)``.
        y: Values and scales, shape ``(n, 2)``.
    """
    if not len(raw):
        return 1.0
    if len(raw) > _MOST_ROWS:
        some = np.random.default_rng(0).choice(len(raw), _MOST_ROWS, replace=False)
        raw, y = raw[some], y[some]
    distance = y[:, 0] - raw[:, 0]
    reach = np.where(distance >= 0, raw[:, -1] - raw[:, 0], raw[:, 0] - raw[:, 1])
    size = np.maximum(reach, 1e-9 * np.maximum(y[:, 1], 1e-300))
    needed = np.minimum(np.append(np.abs(distance) / size, _AS_IT_SHOULD), _MOST)
    width = float(np.quantile(needed, _INTERVAL))
    return 1.0 / float(np.clip(width, _LEAST, _MOST))
