"""A meta-model that weighs log-probabilities."""

from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin

# How many rows' worth the belief in equal weights and no bias is.
_BELIEF = 5.0


class LogLinearPool(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Adds up the members' log-probabilities, with one weight a member and one bias a class (Genest and Zidek, 1986).

    Weights are not negative, and are drawn towards equal ones where the rows say little. So few parameters do not
    overfit, and fit fast, however many classes there are.

    Args:
        n_classes: Number of classes.

    Attributes:
        classes_: Class codes.
        coef_: One weight a member, shape ``(m,)``.
        intercept_: One bias a class, shape ``(K,)``.
    """

    def __init__(self, n_classes: int) -> None:
        self.n_classes = n_classes

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit by maximum a posteriori likelihood.

        Args:
            X: What ``meta_features`` returns.
            y: Class codes, shape ``(n,)``.
            sample_weight: Weights of the rows, or ``None``.
        """
        logs = self._by_member(X)
        members = len(logs)
        weight = np.ones(len(y)) if sample_weight is None else sample_weight / sample_weight.mean()
        truth = np.eye(self.n_classes)[y]
        start = np.concatenate([np.full(members, 1.0 / members), np.zeros(self.n_classes)])

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            scores = np.tensordot(parameters[:members], logs, axes=1) + parameters[members:]
            proba = softmax(scores, axis=1)
            excess = (proba - truth) * weight[:, None]
            likely = np.log(np.clip(proba[np.arange(len(y)), y], 1e-300, None))
            away = parameters - start
            gradient = np.concatenate([np.tensordot(logs, excess, axes=2), excess.sum(axis=0)])
            value = -float(weight @ likely) + _BELIEF / 2 * float(away @ away)
            return value / len(y), (gradient + _BELIEF * away) / len(y)

        bounds = [(0.0, None)] * members + [(None, None)] * self.n_classes
        options = {"maxiter": 200, "ftol": 1e-7}
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
        self.classes_ = np.arange(self.n_classes)
        self.coef_, self.intercept_ = found[:members], found[members:]
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, shape ``(n, K)``."""
        return softmax(np.tensordot(self.coef_, self._by_member(X), axes=1) + self.intercept_, axis=1)

    def _by_member(self, X: np.ndarray) -> np.ndarray:
        """Return log-probabilities of shape ``(m, n, K)``."""
        if self.n_classes == 2:
            return np.stack([-X.T, X.T], axis=2)
        return X.reshape(len(X), -1, self.n_classes).transpose(1, 0, 2)
