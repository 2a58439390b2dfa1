"""A model that learned how far to trust other models."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.fold_model import raw_prediction

_SMALLEST = 1e-6


@dataclass(frozen=True)
class StackedEnsemble:
    """Predicts with a meta-model whose inputs are its members' predictions (stacking; Wolpert 1992).

    Attributes:
        members: Models.
        meta: Meta-model, fitted on the members' out-of-fold predictions.
        n_classes: Number of classes, or 0 for regression.
    """

    members: tuple[BaggedModel, ...]
    meta: Any
    n_classes: int

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        """Return probabilities of shape ``(n, K)`` or values of shape ``(n,)`` for features of shape ``(n, d)``."""
        return self.combine([member.predict_raw(X) for member in self.members])

    def combine(self, predictions: list[np.ndarray]) -> np.ndarray:
        """Return the ensemble's prediction from those of its members, in their order."""
        return raw_prediction(self.meta, meta_features(predictions), n_classes=self.n_classes)


def meta_features(predictions: list[np.ndarray]) -> np.ndarray:
    """Return the inputs of a meta-model: centred log-probabilities of every class, or values, side by side.

    Args:
        predictions: Raw predictions of each member, shapes ``(n, K)`` or ``(n,)``.

    Returns:
        Shape ``(n, members * K)``, ``(n, members)`` for binary problems and regression.
    """
    return np.column_stack([_inputs(raw) for raw in predictions])


def _inputs(raw: np.ndarray) -> np.ndarray:
    if raw.ndim == 1:
        return raw
    logs = np.log(np.clip(raw, _SMALLEST, 1.0))
    centred = logs - logs.mean(axis=1, keepdims=True)
    return centred[:, 1:] if raw.shape[1] == 2 else centred
