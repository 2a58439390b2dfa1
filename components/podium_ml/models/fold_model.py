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
        fallback: Value of a regression where the estimator's own is not finite: its training rows' mean.
    """

    encoder: Any
    estimator: Any
    n_classes: int
    fallback: float = 0.0

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)``, all finite.

        A row far from all training rows may overflow an estimator; it gets equal probabilities, or ``fallback``.

        Args:
            X: Features, shape ``(n, d)``.
        """
        raw = raw_prediction(self.estimator, self.encoder.transform(X), n_classes=self.n_classes)
        return np.where(np.isfinite(raw), raw, 1.0 / self.n_classes if self.n_classes else self.fallback)


def raw_prediction(estimator: Any, encoded: Any, *, n_classes: int) -> np.ndarray:
    """Predict with an estimator from encoded features; classes that it never saw get probability 0.

    Args:
        estimator: Fitted estimator.
        encoded: Encoded features, shape ``(n, e)``.
        n_classes: Number of classes of the problem, or 0 for regression.

    Returns:
        Probabilities of shape ``(n, K)`` whose rows sum to 1, or values of shape ``(n,)``; float64. Rows for which the
        estimator gave what is not finite are NaN.
    """
    if not n_classes:
        values = np.asarray(estimator.predict(encoded), dtype=np.float64).reshape(-1)
        return np.where(np.isfinite(values), values, np.nan)
    known = np.asarray(estimator.predict_proba(encoded), dtype=np.float64)
    raw = np.zeros((len(known), n_classes))
    raw[:, np.asarray(estimator.classes_, dtype=np.int64)] = np.clip(known, 0.0, 1.0)
    total = raw.sum(axis=1, keepdims=True)
    raw = np.divide(raw, total, out=np.full_like(raw, 1.0 / n_classes), where=total != 0)
    return np.where(np.isfinite(total), raw, np.nan)
