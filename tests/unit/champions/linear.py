"""A linear model in an importable module with a unique name, so that it can be pickled."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from podium_ml.tabular.features import FeatureRows


class Linear:
    """Logistic regression on the numeric columns, with configurable noise added to them."""

    def __init__(self, noise: float, classes: int = 2) -> None:
        self.noise, self.model, self.classes = noise, LogisticRegression(), classes

    def _numbers(self, X: pd.DataFrame) -> np.ndarray:
        numbers = X.select_dtypes("number").fillna(0).to_numpy(dtype=float)
        return (
            numbers + np.random.default_rng(0).normal(0, 1, numbers.shape) * numbers.std(axis=0) * self.noise
        )

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> "Linear":
        self.model.fit(self._numbers(X), y)
        return self

    def predict_raw(self, X: FeatureRows) -> np.ndarray:
        return self.model.predict_proba(self._numbers(X.frame()))
