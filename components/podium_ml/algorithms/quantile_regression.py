"""Quantile regression by any linear model that takes sample weights."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone

from podium_ml.algorithms.objective import relative_weight

_ROUNDS = 10
# Residuals below this share of the mean one count as this large.
_SMALLEST = 0.02


class QuantileRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Predicts a quantile by repeated weighted least squares (Hunter and Lange 2000).

    Linear programs give the exact solution, as in scikit-learn's class of that name, but take minutes for some thousand
    rows.

    Args:
        regressor: Minimizes squared errors; takes sample weights.
        level: Level of the quantile.
        relative: Whether errors count relative to the target.
    """

    def __init__(self, regressor: Any, level: float, *, relative: bool = False) -> None:
        self.regressor = regressor
        self.level = level
        self.relative = relative

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit; each round weighs rows by how far and on which side of the last prediction they are."""
        own = np.ones(len(y)) if sample_weight is None else sample_weight
        weight = own = relative_weight(y, own) if self.relative else own
        for _ in range(_ROUNDS):
            self.regressor_ = clone(self.regressor).fit(X, y, sample_weight=weight / weight.mean())
            error = y - self.regressor_.predict(X)
            distance = np.abs(error)
            side = np.where(error >= 0, self.level, 1.0 - self.level)
            weight = own * side / np.maximum(distance, max(_SMALLEST * distance.mean(), 1e-12))
        return self

    @property
    def coef_(self) -> np.ndarray:
        """Coefficients of the fitted regressor, shape ``(d,)``."""
        return self.regressor_.coef_

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return quantiles, shape ``(n,)``."""
        return self.regressor_.predict(X)


def at_level(regressor: Any, level: float | None) -> Any:
    """Return a regressor that predicts the quantile of a level; the given one, of the mean, for ``None``."""
    return regressor if level is None else QuantileRegressor(regressor, level)
