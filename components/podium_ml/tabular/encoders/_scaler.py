"""Scaling that is robust to outliers."""

import numpy as np

# Outliers approach, but never exceed, this many spreads from the median.
BOUND = 3.0


class RobustScaler:
    """Center on the median, divide by the interquartile range, and bend outliers smoothly into (-3, 3).

    The method is that of RealMLP (Holzmüller, Grinsztajn, Steinwart, "Better by Default", 2024, section 3). Constant
    columns become 0; columns whose quartiles coincide are scaled by their range. Missing values become the median: 0.
    """

    def __init__(self) -> None:
        self.center = np.empty(0, dtype=np.float32)
        self.factor = np.empty(0, dtype=np.float32)

    def fit(self, numbers: np.ndarray) -> None:
        """Fit on a matrix with NaN for missing, shape ``(n, p)``."""
        lowest, first, center, third, highest = column_quantiles(numbers, (0.0, 0.25, 0.5, 0.75, 1.0))
        spread = np.where(third > first, third - first, (highest - lowest) / 2)
        self.center = center.astype(np.float32)
        with np.errstate(divide="ignore"):
            self.factor = np.where(spread > 0, 1 / spread, 0).astype(np.float32)

    def transform(self, numbers: np.ndarray) -> np.ndarray:
        """Return finite values as float32, in the same shape."""
        scaled = (numbers - self.center) * self.factor
        np.nan_to_num(scaled, copy=False, nan=0.0, posinf=1e18, neginf=-1e18)
        np.clip(scaled, -1e15, 1e15, out=scaled)
        return scaled / np.sqrt(1 + (scaled / BOUND) ** 2)


def column_quantiles(numbers: np.ndarray, quantiles: tuple[float, ...]) -> np.ndarray:
    """Return quantiles of each column without NaN, 0 for columns of NaN only, shape ``(len(quantiles), p)``."""
    if not numbers.shape[1]:
        return np.zeros((len(quantiles), 0))
    ordered = np.sort(numbers, axis=0)
    last = np.maximum(np.count_nonzero(~np.isnan(numbers), axis=0) - 1, 0)
    rows = []
    for quantile in quantiles:
        position = last * quantile
        below = np.floor(position).astype(int)
        low, high = (
            np.take_along_axis(ordered, at[None, :], axis=0)[0] for at in (below, np.minimum(below + 1, last))
        )
        rows.append(
            low.astype(np.float64) * (1 - (position - below)) + high.astype(np.float64) * (position - below)
        )
    return np.nan_to_num(np.array(rows), nan=0.0)
