"""Predictions of many models that share members."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models import BaggedModel


class BasePredictions:
    """Predicts the same rows with one model after another, computing the predictions of shared members only once.

    Args:
        X: Features of the rows, shape ``(n, d)``.
        predict: Predicts them with a ``BaggedModel``; by default from the features alone.
    """

    def __init__(self, X: pd.DataFrame, predict: Callable[[BaggedModel], np.ndarray] | None = None) -> None:
        self._X, self._predict = X, predict or (lambda model: model.predict_raw(X))
        self._known: dict[tuple[str, str], np.ndarray] = {}

    def of(self, model: Any) -> np.ndarray:
        """Return a model's raw predictions, shape ``(n, K)`` or ``(n,)``.

        Args:
            model: A ``BaggedModel``, an ensemble of them, or anything with ``predict_raw``.
        """
        if isinstance(model, BaggedModel):
            return self._bagged(model)
        if hasattr(model, "members"):
            return model.combine([self._bagged(member) for member in model.members], self._X)
        return model.predict_raw(self._X)

    def _bagged(self, model: BaggedModel) -> np.ndarray:
        key = (model.algorithm, repr(sorted(model.parameters.items())))
        if key not in self._known:
            self._known[key] = self._predict(model)
        return self._known[key]
