"""A meta-model that weights log-probabilities."""

from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin

# Strength of the priors for equal weights and for no bias, in rows.
_PRIOR_ROWS = 5.0


class LogLinearPool(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Sums the members' log-probabilities, with a weight per member and a bias per class (Genest and Zidek, 1986).

    Weights are non-negative and shrink towards equal weights if the rows say little. With so few parameters, the model
    does not overfit and fits fast, however many classes there are.

    Args:
        n_classes: Number of classes.
        bias_rows: Strength of the prior for no bias, in rows.

    Attributes:
        classes_: Class codes.
        coef_: One weight per member, shape ``(m,)``.
        intercept_: One bias per class, shape ``(K,)``.
    """

    def __init__(self, n_classes: int, *, bias_rows: float = _PRIOR_ROWS) -> None:
        self.n_classes = n_classes
        self.bias_rows = bias_rows

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit by maximum a posteriori estimation.

        Args:
            X: Output of ``meta_features``.
            y: Class codes, shape ``(n,)``.
            sample_weight: Weights of the rows, or ``None``.
        """
        logs = self._by_member(X)
        members = len(logs)
        weight = np.ones(len(y)) if sample_weight is None else sample_weight / sample_weight.mean()
        truth = np.eye(self.n_classes)[y]
        start = np.concatenate([np.full(members, 1.0 / members), np.zeros(self.n_classes)])
        prior = np.repeat([_PRIOR_ROWS, self.bias_rows], [members, self.n_classes])

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            scores = np.tensordot(parameters[:members], logs, axes=1) + parameters[members:]
            proba = softmax(scores, axis=1)
            excess = (proba - truth) * weight[:, None]
            likely = np.log(np.clip(proba[np.arange(len(y)), y], 1e-300, None))
            away = parameters - start
            gradient = np.concatenate([np.tensordot(logs, excess, axes=2), excess.sum(axis=0)])
            value = -float(weight @ likely) + float(prior @ away**2) / 2
            return value / len(y), (gradient + prior * away) / len(y)

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
