"""The median of models."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.models.weighted_ensemble import WeightedEnsemble


@dataclass(frozen=True)
class MedianEnsemble(WeightedEnsemble):
    """Predicts the median of its members, whose weights are equal."""

    def combine(self, predictions: list[np.ndarray], X: pd.DataFrame) -> np.ndarray:
        """See ``WeightedEnsemble``."""
        return self.members[0].folds[0].target.median(predictions)
