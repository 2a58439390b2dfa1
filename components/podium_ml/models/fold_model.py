"""One estimator with the encoding that was fitted on the same rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class FoldModel:
    """Predicts from features, as one fold's training rows taught it.

    Attributes:
        encoder: Fitted encoder of the feature table.
        estimator: Fitted scikit-learn estimator.
        n_classes: Number of classes of the problem, or 0 for regression. The fold may have seen fewer.
    """

    encoder: Any
    estimator: Any
    n_classes: int

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)``.

        Args:
            X: Features, shape ``(n, d)``.
        """
        return raw_prediction(self.estimator, self.encoder.transform(X), n_classes=self.n_classes)


def raw_prediction(estimator: Any, encoded: Any, *, n_classes: int) -> np.ndarray:
    """Predict with an estimator from encoded features; classes that it never saw get probability 0.

    Args:
        estimator: Fitted estimator.
        encoded: Encoded features, shape ``(n, e)``.
        n_classes: Number of classes of the problem, or 0 for regression.
    """
    if not n_classes:
        return np.asarray(estimator.predict(encoded), dtype=np.float64).reshape(-1)
    known = np.asarray(estimator.predict_proba(encoded), dtype=np.float64)
    raw = np.zeros((len(known), n_classes))
    raw[:, np.asarray(estimator.classes_, dtype=np.int64)] = np.clip(known, 0.0, 1.0)
    total = raw.sum(axis=1, keepdims=True)
    return np.divide(raw, total, out=np.full_like(raw, 1.0 / n_classes), where=total > 0)
