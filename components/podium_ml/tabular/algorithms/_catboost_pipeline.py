"""A pipeline of CatBoost that also predicts from matrices with codes of categories."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline

from podium_ml.models.few_rows import is_few
from podium_ml.tabular.algorithms._category_levels import CategoryLevels
from podium_ml.tabular.algorithms.catboost import MISSING, name_missing


class MissingNamer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Names missing categories, and writes the categories of matrices as texts."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Remember the categories."""
        self.levels_ = CategoryLevels.of(X)
        return self

    def transform(self, X: Any) -> Any:
        """Return rows as the library reads them."""
        if not isinstance(X, np.ndarray) or not self.levels_.texts:
            return name_missing(X)
        # A frame is made slowly, but it is read quickly.
        return (
            self.levels_.objects(X, missing=MISSING)
            if is_few(len(X))
            else name_missing(self.levels_.frame(X))
        )


class CatBoostPipeline(Pipeline):  # type: ignore[misc]
    """Predicts without the checks of pipelines, which take longer than the prediction of a row."""

    def predict_proba(self, X: Any, **options: Any) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return self._predict("predict_proba", X, options)

    def predict(self, X: Any, **options: Any) -> np.ndarray:
        """Return values or the most probable classes, shape ``(n,)``."""
        return self._predict("predict", X, options)

    def _predict(self, method: str, X: Any, options: dict[str, Any]) -> np.ndarray:
        (_, namer), (_, model) = self.steps
        threads = {"thread_count": 1} if is_few(len(X)) else {}
        return np.asarray(getattr(model, method)(namer.transform(X), **threads, **options))
