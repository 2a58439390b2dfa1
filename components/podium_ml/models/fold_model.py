"""One estimator, with the encoder that was fitted on the same rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models.encode_once import EncodedOnce
from podium_ml.targets import TARGETS, Target


@dataclass(frozen=True)
class FoldModel:
    """Predicts from features with an estimator.

    Attributes:
        encoder: Fitted encoder of the feature table.
        estimator: Fitted scikit-learn estimator.
        n_classes: Number of classes or labels of the problem, or 0 for values. The estimator may have seen fewer.
        fallback: Value to use if the prediction is not finite: the mean of the training rows.
        target_type: Type of target; empty in models of earlier versions.
    """

    encoder: Any
    estimator: Any
    n_classes: int
    fallback: float = 0.0
    target_type: str = ""

    @property
    def target(self) -> Target:
        """The type of target that the model predicts."""
        return TARGETS[self.target_type or ("labels" if self.n_classes else "values")]

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return raw predictions in the form of the type of target, all finite.

        A row far from all training rows may overflow an estimator. It gets equal probabilities, or ``fallback``.

        Args:
            X: Features, shape ``(n, d)``.
        """
        raw = self.predict_encoded(EncodedOnce.of(X).by(self.encoder))
        fallback = self.fallback if self.target_type or not self.n_classes else 1.0 / self.n_classes
        return np.where(np.isfinite(raw), raw, fallback)

    def predict_encoded(self, encoded: Any) -> np.ndarray:
        """Return raw predictions for encoded features; NaN for rows whose prediction is not finite."""
        return self.target.predict(self.estimator, encoded, n_outputs=max(1, self.n_classes))
