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
    """

    algorithm: str
    parameters: dict[str, Any]
    folds: tuple[FoldModel, ...]

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        rows = EncodedOnce.of(X)
        if len(self.folds) == 1:
            return self.folds[0].predict_raw(rows)
        return np.mean([fold.predict_raw(rows) for fold in self.folds], axis=0)
