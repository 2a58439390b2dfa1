"""Probabilities for classifiers that only know margins, also where a class has one row."""

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

_FOLDS = 3


class MarginClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Turns margins into probabilities by a logistic regression on out-of-fold margins (Platt 1999).

    scikit-learn's own calibration refuses classes with fewer rows than folds; this does not.

    Args:
        estimator: Classifier with ``decision_function``.
        seed: Seed of the folds.
    """

    def __init__(self, estimator: Any, *, seed: int = 0) -> None:
        self.estimator = estimator
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit the classifier on all rows and the calibration on margins of rows left out."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.estimator_ = clone(self.estimator).fit(X, codes, sample_weight=sample_weight)
        margins = self._margins_left_out(X, codes, sample_weight)
        calibration = LogisticRegression(C=10.0, max_iter=200)
        self.calibration_ = calibration.fit(margins, codes, sample_weight=sample_weight)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities, shape ``(n, len(classes_))``."""
        return self.calibration_.predict_proba(_margins(self.estimator_, X, len(self.classes_)))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _margins_left_out(self, X: np.ndarray, codes: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
        """Margins of each row from a fit without it; rows whose class is too rare keep those of the full fit."""
        margins = _margins(self.estimator_, X, len(self.classes_))
        if np.bincount(codes).max() < _FOLDS:
            return margins
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The least populated class")
            splits = list(folds.split(X, codes))
        for train, valid in splits:
            if len(np.unique(codes[train])) == len(self.classes_):
                part = None if weight is None else weight[train]
                model = clone(self.estimator).fit(X[train], codes[train], sample_weight=part)
                margins[valid] = _margins(model, X[valid], len(self.classes_))
        return margins


def _margins(model: Any, X: np.ndarray, n_classes: int) -> np.ndarray:
    """Margins as a matrix: one column for two classes, else one a class."""
    return np.asarray(model.decision_function(X)).reshape(len(X), 1 if n_classes == 2 else n_classes)
