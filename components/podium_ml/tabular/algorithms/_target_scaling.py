"""Scaling of a regression target for linear models, kernels and networks."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import TransformedTargetRegressor

# How far a prediction may go beyond the range seen in training, in units of that range.
_MARGIN = 0.5


class TargetScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Standardizes a target, optionally compresses its long tails, and keeps predictions near the data's range.

    Args:
        logarithmic: Whether to apply the inverse hyperbolic sine first, a logarithm for zero and negative values too.
    """

    def __init__(self, logarithmic: bool = False) -> None:
        self.logarithmic = logarithmic

    def fit(self, y: np.ndarray, _: Any = None) -> Self:
        """Learn the centre and scale from values of shape ``(n, 1)``."""
        self.zero_ = 0.0 if y.min() >= 0 else float(np.median(y))
        self.unit_ = float(np.median(np.abs(y - self.zero_))) or 1.0
        shaped = self._shape(y)
        self.mean_, self.std_ = float(shaped.mean()), float(shaped.std()) or 1.0
        low, high = float(shaped.min()), float(shaped.max())
        margin = (high - low) * _MARGIN
        self.low_, self.high_ = low - margin, high + margin
        return self

    def transform(self, y: np.ndarray) -> np.ndarray:
        """Return standardized values, shape ``(n, 1)``."""
        return (self._shape(y) - self.mean_) / self.std_

    def inverse_transform(self, y: np.ndarray) -> np.ndarray:
        """Return values in the target's own unit, shape ``(n, 1)``."""
        shaped = np.clip(y * self.std_ + self.mean_, self.low_, self.high_)
        return np.sinh(shaped) * self.unit_ + self.zero_ if self.logarithmic else shaped

    def _shape(self, y: np.ndarray) -> np.ndarray:
        return np.arcsinh((y - self.zero_) / self.unit_) if self.logarithmic else np.asarray(y, dtype=float)


def on_scaled_target(regressor: Any, *, logarithmic: bool = False) -> Any:
    """Wrap a regressor so that it is fitted on a scaled target and predicts in the target's own unit."""
    scaler = TargetScaler(logarithmic=logarithmic)
    return TransformedTargetRegressor(regressor=regressor, transformer=scaler, check_inverse=False)
