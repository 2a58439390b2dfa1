"""Predictions of many models that share members."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.models import BaggedModel


class BasePredictions:
    """Predicts the same rows with one model after another, computing the predictions of shared members only once.

    Args:
        X: Features of the rows, shape ``(n, d)``.
    """

    def __init__(self, X: pd.DataFrame) -> None:
        self._X = X
        self._known: dict[tuple[str, str], np.ndarray] = {}

    def of(self, model: Any) -> np.ndarray:
        """Return a model's raw predictions, shape ``(n, K)`` or ``(n,)``.

        Args:
            model: A ``BaggedModel``, an ensemble of them, or anything with ``predict_raw``.
        """
        if isinstance(model, BaggedModel):
            return self._bagged(model)
        if hasattr(model, "members"):
            return model.combine([self._bagged(member) for member in model.members])
        return model.predict_raw(self._X)

    def _bagged(self, model: BaggedModel) -> np.ndarray:
        key = (model.algorithm, repr(sorted(model.parameters.items())))
        if key not in self._known:
            self._known[key] = model.predict_raw(self._X)
        return self._known[key]
