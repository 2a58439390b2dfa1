"""The models of all folds, combined into one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models.fold_model import FoldModel


@dataclass(frozen=True)
class BaggedModel:
    """Predicts the mean of the predictions of its folds (bagging; Breiman 1996).

    Attributes:
        algorithm: Name in the algorithm registry.
        parameters: Hyperparameters that every fold was fitted with.
        folds: Models of the folds.
    """

    algorithm: str
    parameters: dict[str, Any]
    folds: tuple[FoldModel, ...]

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        return np.mean([fold.predict_raw(X) for fold in self.folds], axis=0)
