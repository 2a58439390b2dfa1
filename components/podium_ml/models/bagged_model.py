"""One member of an ensemble, or a model on its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models.encode_once import EncodedOnce
from podium_ml.models.fold_model import FoldModel


@dataclass(frozen=True)
class BaggedModel:
    """Predicts the mean of its fitted estimators' predictions. Usually there is one, fitted on all rows.

    Attributes:
        algorithm: Name in the algorithm registry.
        parameters: Hyperparameters that every estimator was fitted with.
        folds: The estimators with their encoders; models of earlier versions have one per fold.
        sharpness: How much the predictions are sharpened; see ``Target.sharpen``.
    """

    algorithm: str
    parameters: dict[str, Any]
    folds: tuple[FoldModel, ...]
    sharpness: float = 1.0

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        rows = EncodedOnce.of(X)
        raw = [fold.predict_raw(rows) for fold in self.folds]
        mean = raw[0] if len(raw) == 1 else np.mean(raw, axis=0)
        return self.folds[0].target.sharpen(mean, self.sharpness)
