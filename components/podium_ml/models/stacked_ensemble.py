"""A meta-model that combines the predictions of other models."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.encode_once import EncodedOnce


@dataclass(frozen=True)
class StackedEnsemble:
    """Predicts with a meta-model whose inputs are its members' predictions (stacking; Wolpert 1992).

    Attributes:
        members: Models to combine.
        meta: Meta-model, fitted on the members' out-of-fold predictions.
        n_classes: Number of classes or labels, or 0 for values.
    """

    members: tuple[BaggedModel, ...]
    meta: Any
    n_classes: int

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        rows = EncodedOnce.of(X)
        return self.combine([member.predict_raw(rows) for member in self.members], rows.features)

    def combine(self, predictions: list[np.ndarray], X: pd.DataFrame) -> np.ndarray:
        """Return the prediction of the ensemble from the predictions of its members, in order, and the features."""
        target = self.members[0].folds[0].target
        features = target.meta_features(predictions)
        return target.predict(self.meta, features, n_outputs=max(1, self.n_classes))
