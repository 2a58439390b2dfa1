"""A weighted average of models."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.models.bagged_model import BaggedModel


@dataclass(frozen=True)
class WeightedEnsemble:
    """Predicts the weighted mean of its members.

    Attributes:
        members: Models.
        weights: One weight above zero a member; they sum to 1.
    """

    members: tuple[BaggedModel, ...]
    weights: tuple[float, ...]

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        return self.combine([member.predict_raw(X) for member in self.members])

    def combine(self, predictions: list[np.ndarray]) -> np.ndarray:
        """Return the ensemble's prediction from those of its members, in their order."""
        return np.tensordot(np.array(self.weights), np.stack(predictions), axes=1)
