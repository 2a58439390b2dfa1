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
        weighted = (w * member.predict_raw(X) for member, w in zip(self.members, self.weights, strict=True))
        return np.sum(list(weighted), axis=0)
