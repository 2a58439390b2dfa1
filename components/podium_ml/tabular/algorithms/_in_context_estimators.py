"""TabICL as scikit-learn estimators; imported only when PyTorch is used."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from tabicl import TabICLClassifier, TabICLRegressor

from podium_ml.tabular.algorithms._in_context_checkpoint import Checkpoint, read_checkpoint
from podium_ml.weights import given

# What the network computes of the training rows is kept in memory for later predictions: 50 kB a row and view.
_MOST_CACHED = 10_000
_ROWS_AT_ONCE = 1024


class _FromCheckpoint:
    """Takes the network from a checkpoint, and never from a hub."""

    checkpoint: Checkpoint

    def _load_model(self) -> None:
        self.model_ = self.checkpoint.network()


class _Classifier(_FromCheckpoint, TabICLClassifier):  # type: ignore[misc]
    pass


class _Regressor(_FromCheckpoint, TabICLRegressor):  # type: ignore[misc]
    pass


class _InContextEstimator(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share: the training rows and the weights are the model.

    Args:
        views: Number of times that the rows are read, each time with columns and classes in another order.
        temperature: How far the probabilities are from one another; lower is farther.
        level: Level of the quantile that a regression predicts; ``None`` for the mean.
        seed: Seed of the orders.
        n_jobs: Threads.
    """

    predicts_classes: bool

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
        self.checkpoint_ = read_checkpoint(given("pretrained"), classes=self.predicts_classes)
        self.rows_, self.targets_ = np.asarray(X, dtype=np.float32), np.asarray(y)
        self._reader: Any = None
        return self

    def _ask(self, X: np.ndarray, question: str, **options: Any) -> np.ndarray:
        if self._reader is None:
            self._reader = self._read_rows()
        rows, ask = np.asarray(X, dtype=np.float32), getattr(self._reader, question)
        parts = [ask(rows[at : at + _ROWS_AT_ONCE], **options) for at in range(0, len(rows), _ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _read_rows(self) -> Any:
        make, options = _Regressor, {}
        is_cached = self.views * len(self.targets_) <= _MOST_CACHED
        if self.predicts_classes:
            make, options = _Classifier, {"softmax_temperature": self.temperature}
            is_cached &= len(np.unique(self.targets_)) <= self.checkpoint_.network().max_classes
        reader = make(
            n_estimators=self.views,
            kv_cache=is_cached,
            allow_auto_download=False,
            random_state=self.seed,
            n_jobs=self.n_jobs,
            **options,
        )
        reader.checkpoint = self.checkpoint_
        return reader.fit(self.rows_, self.targets_)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is stored: rows, targets and weights, and not what was computed of them."""
        return {**super().__getstate__(), "_reader": None}


class InContextClassifier(ClassifierMixin, _InContextEstimator):  # type: ignore[misc]
    """Predicts class probabilities."""

    predicts_classes = True

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """See ``_InContextEstimator``."""
        self.classes_ = np.unique(y)
        return super().fit(X, y)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, shape ``(n, K)``."""
        return self._ask(X, "predict_proba").reshape(len(X), len(self.classes_)).astype(np.float64)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable class codes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class InContextRegressor(RegressorMixin, _InContextEstimator):  # type: ignore[misc]
    """Predicts values."""

    predicts_classes = False

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the mean or a quantile of what is expected, shape ``(n,)``."""
        if self.level is None:
            found = self._ask(X, "predict")
        else:
            found = self._ask(X, "predict", output_type="quantiles", alphas=[self.level])
        return found.reshape(len(X)).astype(np.float64)
