"""Boosted trees that learn quantiles themselves, one model for each of a few levels."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone

from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.prediction.levels import between_levels

_LEARNED = (0.1, 0.3, 0.5, 0.7, 0.9)


class QuantileBoosting(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Learns a few quantiles by their pinball loss, and interpolates the others.

    Args:
        regressor: A regressor whose parameter ``alpha`` is the level of the quantile that it learns.
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn.

        Args:
            X: Features, shape ``(n, d)``.
            y: Values, shape ``(n,)``.
        """
        self.models_ = [clone(self.regressor).set_params(alpha=level).fit(X, y) for level in _LEARNED]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the quantiles ``LEVELS`` of rows, ascending, shape ``(n, q)``."""
        found = np.column_stack([model.predict(X) for model in self.models_]).astype(np.float64)
        return between_levels(np.sort(found, axis=1), _LEARNED, LEVELS)
