"""Probabilities for classifiers that return only margins or are overconfident, even if a class has one row."""

from typing import Any, Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from podium_ml.algorithms import Related

_FOLDS = 3
_PENALTY = 1e-5


class MarginClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Turns margins into probabilities with a softmax that is fitted on out-of-fold margins (Platt 1999).

    scikit-learn's own calibration rejects classes with fewer rows than folds; this one accepts them.

    Args:
        estimator: Classifier with ``decision_function`` or ``predict_log_proba``.
        seed: Seed of the folds.
    """

    splits_inside = True

    def __init__(self, estimator: Any, *, seed: int = 0) -> None:
        self.estimator = estimator
        self.seed = seed

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        related: Related | None = None,
    ) -> Self:
        """Fit the classifier on all rows and the calibration on out-of-fold margins."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.estimator_ = clone(self.estimator).fit(X, codes, sample_weight=sample_weight)
        margins, rows = self._margins_left_out(X, codes, sample_weight, related)
        weight = np.ones(len(codes)) if sample_weight is None else sample_weight
        rows = rows if weight[rows].any() else np.arange(len(codes))
        self.slope_, self.offsets_ = _fit_softmax(margins[rows], codes[rows], weight[rows])
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return softmax(self.slope_ * _margins(self.estimator_, X) + self.offsets_, axis=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _margins_left_out(
        self, X: np.ndarray, codes: np.ndarray, weight: np.ndarray | None, related: Related | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return each row's margins from a fit without it, and the rows to learn from.

        These are the rows that were left out, unless a class is missing there. Then they are all rows, and those that
        were not left out have the margins of the full fit.
        """
        from podium_ml.tabular.algorithms._inner_splits import inner_folds

        margins, left_out = _margins(self.estimator_, X), np.zeros(len(codes), dtype=bool)
        if np.bincount(codes).max() >= _FOLDS:
            for train, valid in inner_folds(codes, related, count=_FOLDS, seed=self.seed):
                if len(np.unique(codes[train])) == len(self.classes_):
                    part = None if weight is None else weight[train]
                    model = clone(self.estimator).fit(X[train], codes[train], sample_weight=part)
                    margins[valid], left_out[valid] = _margins(model, X[valid]), True
        complete = len(np.unique(codes[left_out])) == len(self.classes_)
        return margins, np.flatnonzero(left_out) if complete else np.arange(len(codes))


def _margins(model: Any, X: np.ndarray) -> np.ndarray:
    """Return margins, one column per class; log-probabilities work as well."""
    if not hasattr(model, "decision_function"):
        return np.maximum(model.predict_log_proba(X), -1e6)
    margins = np.asarray(model.decision_function(X))
    return np.column_stack([np.zeros_like(margins), margins]) if margins.ndim == 1 else margins


def _fit_softmax(margins: np.ndarray, codes: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the slope and the class offsets that turn margins into the most likely log-probabilities.

    All classes share one slope, so that a class with few rows cannot overfit.
    """
    unit = float(np.abs(margins).mean()) or 1.0
    scaled, truth = margins / unit, np.eye(margins.shape[1])[codes]
    share = weight / weight.sum()

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(point[0] * scaled + point[1:], axis=1)
        error = share[:, None] * (np.exp(logs) - truth)
        value = -(share @ logs[np.arange(len(codes)), codes]) + _PENALTY * (point @ point)
        return value, np.concatenate([[(error * scaled).sum()], error.sum(axis=0)]) + 2 * _PENALTY * point

    start = np.zeros(1 + margins.shape[1])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    return float(best[0]) / unit, best[1:]
