"""A weighted average of models."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.encode_once import EncodedOnce
from podium_ml.models.group_weights import GroupWeights


@dataclass(frozen=True)
class WeightedEnsemble:
    """Predicts the weighted mean of its members.

    Attributes:
        members: Models to average.
        weights: One positive weight per member; they sum to 1.
        by_group: Weights that differ from group to group, if there are any.
    """

    members: tuple[BaggedModel, ...]
    weights: tuple[float, ...]
    by_group: GroupWeights | None = None

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        rows = EncodedOnce.of(X)
        return self.combine([member.predict_raw(rows) for member in self.members], rows.features)

    def combine(self, predictions: list[np.ndarray], X: pd.DataFrame) -> np.ndarray:
        """Return the prediction of the ensemble from the predictions of its members, in order, and the features."""
        first = self.members[0].folds[0]
        target = first.target
        if self.by_group is None:
            return target.combine(self.weights, predictions, n_outputs=max(1, first.n_classes))
        return target.mix_rows(self.by_group.of_rows(X, np.array(self.weights)), predictions)
