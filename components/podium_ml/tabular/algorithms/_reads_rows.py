"""Estimators whose model is the training rows and pretrained weights; imported only when PyTorch is used."""

from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from podium_ml.weights import given

# What the network computes of so many rows, once for each view, is kept in memory for later predictions.
_MOST_CACHED = 10_000
_ROWS_AT_ONCE = 1024


class _ReadsRows(BaseEstimator):  # type: ignore[misc]
    """What the classifiers and the regressors share.

    Args:
        views: Number of times that the rows are read, each time with columns and classes in another order.
        temperature: How far the probabilities are from one another; lower is farther.
        level: Level of the quantile that a regression predicts; ``None`` for the mean.
        seed: Seed of the orders.
        n_jobs: Threads.
    """

    def __init__(
        self,
        *,
        views: int = 4,
        temperature: float = 0.9,
        level: float | None = None,
        seed: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.views, self.temperature, self.level = views, temperature, level
        self.seed, self.n_jobs = seed, n_jobs

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Keep the rows.

        Args:
            X: Features, shape ``(n, d)``; NaN if missing.
            y: Class codes or values, shape ``(n,)``.
        """
        self.rows_, self.targets_ = np.asarray(X, dtype=np.float32), np.asarray(y)
        self.checkpoint_ = self._read_weights(given("pretrained"))
        self._reader: Any = None
        return self

    def _read_weights(self, folder: Path) -> Any:
        """Return the weights that fit the target; folds share them, so that a model holds them once."""
        raise NotImplementedError

    def _make_reader(self) -> Any:
        """Return a fitted estimator of the network's own package."""
        raise NotImplementedError

    @property
    def _is_cached(self) -> bool:
        return self.views * len(self.targets_) <= _MOST_CACHED

    def _ask(self, X: np.ndarray, question: str, **options: Any) -> np.ndarray:
        if self._reader is None:
            self._reader = self._make_reader()
        rows, ask = np.asarray(X, dtype=np.float32), getattr(self._reader, question)
        parts = [ask(rows[at : at + _ROWS_AT_ONCE], **options) for at in range(0, len(rows), _ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty(0)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is stored: rows, targets and weights, and not what was computed of them."""
        return {**super().__getstate__(), "_reader": None}


class ReadingClassifier(ClassifierMixin, _ReadsRows):  # type: ignore[misc]
    """Predicts class probabilities."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """See ``_ReadsRows``."""
        self.classes_ = np.unique(y)
        return super().fit(X, y)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, shape ``(n, K)``."""
        return self._ask(X, "predict_proba").reshape(len(X), len(self.classes_)).astype(np.float64)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable class codes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class ReadingRegressor(RegressorMixin, _ReadsRows):  # type: ignore[misc]
    """Predicts values."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the mean or a quantile of what is expected, shape ``(n,)``."""
        found = self._ask(X, "predict") if self.level is None else self._ask_quantile(X, self.level)
        return found.reshape(len(X)).astype(np.float64)

    def _ask_quantile(self, X: np.ndarray, level: float) -> np.ndarray:
        raise NotImplementedError
