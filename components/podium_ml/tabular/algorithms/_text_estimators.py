"""Linear models of many weighted words."""

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

_SMOOTHING, _LEAST = 1.0, 0.05


class NaiveBayesLogistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regressions, one a class, on terms that count by how much they tell the class from the others.

    After Wang and Manning, ACL 2012 (https://aclanthology.org/P12-2018/).

    Args:
        C: Inverse strength of the penalty.
        seed: Random seed.
    """

    def __init__(self, C: float = 4.0, seed: int = 0) -> None:
        self.C, self.seed = C, seed

    def fit(self, X: Any, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit on terms, shape ``(n, d)``, dense or sparse."""
        from sklearn.linear_model import LogisticRegression

        self.classes_ = np.unique(y)
        positives = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        slopes, offsets = [], []
        for one, scale in zip(positives, _ratios(X, y[:, None] == positives), strict=True):
            model = LogisticRegression(C=self.C, solver="liblinear", random_state=self.seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(_scaled(X, scale), y == one, sample_weight=sample_weight)
            slopes.append(model.coef_[0] * scale)
            offsets.append(model.intercept_[0])
        self.coef_ = np.array(slopes, dtype=np.float32).reshape(len(positives), X.shape[1])
        self.intercept_ = np.array(offsets, dtype=np.float32)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return probabilities, shape ``(n, K)``."""
        margins = np.asarray(X @ self.coef_.T, dtype=np.float64) + self.intercept_
        odds = 1 / (1 + np.exp(-np.clip(margins, -500, 500)))
        if len(self.classes_) == 2:
            return np.column_stack([1 - odds[:, 0], odds[:, 0]])
        return odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-12)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable classes."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def _ratios(X: Any, positive: np.ndarray) -> np.ndarray:
    """Return by how much each term tells classes from the others: the size of the logarithm of the ratio of its shares.

    Args:
        X: Terms, shape ``(n, d)``.
        positive: Which rows have which class, shape ``(n, K)``.

    Returns:
        Shape ``(K, d)``.
    """
    sizes = abs(X)
    own = np.asarray((sizes.T @ positive.astype(np.float64)).T)
    others = np.maximum(np.asarray(sizes.sum(axis=0, dtype=np.float64)).reshape(1, -1) - own, 0.0)
    own, others = own + _SMOOTHING, others + _SMOOTHING
    ratio = np.log(own / own.sum(axis=1, keepdims=True)) - np.log(others / others.sum(axis=1, keepdims=True))
    return _LEAST + np.abs(ratio)


def _scaled(X: Any, scale: np.ndarray) -> Any:
    if not hasattr(X, "indices"):
        return X * scale
    scaled = X.astype(np.float64)
    scaled.data *= scale[X.indices]
    return scaled


def halved(estimator: Any) -> Any:
    """Return a fitted linear model with weights of half the size; thousands of words need no more digits."""
    estimator.coef_ = estimator.coef_.astype(np.float32)
    return estimator
