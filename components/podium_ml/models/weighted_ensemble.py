"""A weighted average of models."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.encode_once import EncodedOnce


@dataclass(frozen=True)
class WeightedEnsemble:
    """Predicts the weighted mean of its members.

    Attributes:
        members: Models to average.
        weights: One positive weight per member; they sum to 1.
    """

    members: tuple[BaggedModel, ...]
    weights: tuple[float, ...]

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        rows = EncodedOnce.of(X)
        return self.combine([member.predict_raw(rows) for member in self.members])

    def combine(self, predictions: list[np.ndarray]) -> np.ndarray:
        """Return the prediction of the ensemble from the predictions of its members, in order."""
        return self.members[0].folds[0].target.mix(self.weights, predictions)
