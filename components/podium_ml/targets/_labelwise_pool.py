"""A meta-model for sets of labels."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator

from podium_ml.targets._log_linear_pool import LogLinearPool


class LabelwisePool(BaseEstimator):  # type: ignore[misc]
    """Combines the members' log odds by a ``LogLinearPool`` of its own for each label.

    Args:
        n_labels: Number of labels L.

    Attributes:
        pools_: The fitted pools, one a label.
        coef_: Mean weight of each member, shape ``(m,)``.
    """

    def __init__(self, n_labels: int) -> None:
        self.n_labels = n_labels

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit one pool a label.

        Args:
            X: Log odds of every label by each member, side by side, shape ``(n, m * L)``.
            y: 1 for each label that a row has, shape ``(n, L)``.
            sample_weight: Weights of the rows, or ``None``.
        """
        self.pools_ = [
            LogLinearPool(2).fit(X[:, label :: self.n_labels], y[:, label], sample_weight=sample_weight)
            for label in range(self.n_labels)
        ]
        self.coef_ = np.mean([pool.coef_ for pool in self.pools_], axis=0)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each label, shape ``(n, L)``."""
        return np.column_stack(
            [pool.predict_proba(X[:, label :: self.n_labels])[:, 1] for label, pool in enumerate(self.pools_)]
        )
