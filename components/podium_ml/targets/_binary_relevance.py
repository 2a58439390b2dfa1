"""One estimator a label."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class BinaryRelevance:
    """Predicts each label by an estimator of its own (binary relevance; Tsoumakas and Katakis 2007).

    Attributes:
        estimators: Fitted classifiers of two classes, one a label.
    """

    estimators: tuple[Any, ...]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each label, shape ``(n, L)``.

        Args:
            X: Encoded features, shape ``(n, e)``.
        """
        return np.column_stack([_positive(estimator, X) for estimator in self.estimators])


def _positive(estimator: Any, X: Any) -> np.ndarray:
    """Return the probability of class 1; 0 for an estimator that never saw it."""
    classes = np.asarray(estimator.classes_, dtype=np.int64).tolist()
    proba = np.asarray(estimator.predict_proba(X), dtype=np.float64)
    return proba[:, classes.index(1)] if 1 in classes else np.zeros(len(proba))
