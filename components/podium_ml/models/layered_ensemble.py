"""An ensemble, and a forest that has learned from the predictions of its members."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.compact_forest import CompactForest
from podium_ml.models.encode_once import EncodedOnce
from podium_ml.models.stacked_ensemble import StackedEnsemble
from podium_ml.models.weighted_ensemble import WeightedEnsemble


@dataclass(frozen=True)
class SecondLayer:
    """What predicts from the predictions of models.

    Attributes:
        forest: A forest that was fitted on their out-of-fold predictions.
        share: Its weight in the mean with an ensemble of the models, from 0 to 1.
    """

    forest: CompactForest
    share: float


@dataclass(frozen=True)
class LayeredEnsemble:
    """Predicts the weighted mean of an ensemble and of a forest whose inputs are all members' predictions.

    Attributes:
        members: Models of the first layer.
        weights: How much each of them counts: its weight in the ensemble and its importance in the forest.
        ensemble: An ensemble of some of the members.
        positions: Where its members are among ``members``.
        second: The second layer.
    """

    members: tuple[BaggedModel, ...]
    weights: tuple[float, ...]
    ensemble: "WeightedEnsemble | StackedEnsemble | LayeredEnsemble"
    positions: tuple[int, ...]
    second: SecondLayer

    def predict_raw(self, X: pd.DataFrame | EncodedOnce) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        rows = EncodedOnce.of(X)
        return self.combine([member.predict_raw(rows) for member in self.members], rows.features)

    def combine(self, predictions: list[np.ndarray], X: pd.DataFrame) -> np.ndarray:
        """Return the prediction of the ensemble from the predictions of its members, in order, and the features."""
        fold, share = self.members[0].folds[0], self.second.share
        target, n_outputs = fold.target, max(1, fold.n_classes)
        first = self.ensemble.combine([predictions[at] for at in self.positions], X)
        inputs = target.meta_features(predictions)
        second = target.predict(self.second.forest, inputs, n_outputs=n_outputs)
        return target.combine((1 - share, share), [first, second], n_outputs=n_outputs)
