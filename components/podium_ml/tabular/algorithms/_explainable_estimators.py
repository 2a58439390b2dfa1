"""Explainable boosting machines that also predict from matrices; imported only when the library is used."""

from typing import Any, Self

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor
from scipy.special import expit, softmax

from podium_ml.tabular.algorithms._category_levels import CategoryLevels


class _PlainRows:
    """Adds up the terms for the rows of a matrix, whose categories are codes.

    The library reads data frames only, and that takes longer than all else.
    """

    levels_: CategoryLevels
    bins_: Any
    term_features_: Any
    term_scores_: Any
    intercept_: Any

    def fit(self, X: Any, y: np.ndarray, *arguments: Any, **options: Any) -> Self:
        """Fit the machine, and remember the categories."""
        self.levels_ = CategoryLevels.of(X)
        return super().fit(X, y, *arguments, **options)  # type: ignore[misc]

    def _sums(self, X: np.ndarray) -> np.ndarray:
        """Return the sums of all terms, shape ``(n,)``, or ``(n, K)`` for several classes."""
        known: dict[tuple[int, int], np.ndarray] = {}

        def places(feature: int, level: int) -> np.ndarray:
            if (feature, level) not in known:
                known[feature, level] = self._places(X[:, feature], feature, level)
            return known[feature, level]

        start = np.asarray(self.intercept_, dtype=np.float64)
        sums = np.zeros((len(X), *self.term_scores_[0].shape[len(self.term_features_[0]) :]))
        for features, scores in zip(self.term_features_, self.term_scores_, strict=True):
            levels = [min(len(self.bins_[feature]), len(features)) - 1 for feature in features]
            sums += scores[tuple(places(*one) for one in zip(features, levels, strict=True))]
        return sums + (start if sums.ndim > 1 else float(start.reshape(-1)[0]))

    def _places(self, column: np.ndarray, feature: int, level: int) -> np.ndarray:
        """Return the bins of values; 0 is the bin of missing values."""
        bins = self.bins_[feature][level]
        if not isinstance(bins, dict):
            return np.where(np.isnan(column), 0, np.searchsorted(bins, column, side="right") + 1)
        # A category that the machine does not know goes to the last bin.
        unknown = max(bins.values(), default=0) + 1
        of_code = [bins.get(text, unknown) for text in self.levels_.texts[feature]]
        return np.array([*of_code, 0])[self.levels_.codes(column)]


class PlainExplainableClassifier(_PlainRows, ExplainableBoostingClassifier):  # type: ignore[misc]
    """A classifier of data frames and matrices."""

    def predict_proba(self, X: Any, *arguments: Any, **options: Any) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        if not isinstance(X, np.ndarray):
            return super().predict_proba(X, *arguments, **options)
        sums = self._sums(X)
        if sums.ndim > 1:
            return softmax(sums, axis=1)
        return np.column_stack([expit(-sums), expit(sums)])

    def predict(self, X: Any, *arguments: Any, **options: Any) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        if not isinstance(X, np.ndarray):
            return super().predict(X, *arguments, **options)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class PlainExplainableRegressor(_PlainRows, ExplainableBoostingRegressor):  # type: ignore[misc]
    """A regressor of data frames and matrices."""

    def predict(self, X: Any, *arguments: Any, **options: Any) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        if not isinstance(X, np.ndarray):
            return super().predict(X, *arguments, **options)
        return self._sums(X)
