"""Linear models of pictures that a dictionary of patches describes, and of the other columns."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.linear_model import LogisticRegression, Ridge

from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._patches import MOST_PATCHES, PatchDictionary
from podium_ml.tabular.encoders import PixelRows

_NO_VARIATION = 1e-6
_ROWS_AT_ONCE = 64
# Patches that the dictionary learns from if time is short, and the share of the time that describing pictures may take.
_FEWEST_PATCHES, _PATCHES_PER_SECOND, _DESCRIBING = 2_000, 4_000, 0.5


class _PatchEstimator(BaseEstimator):  # type: ignore[misc]
    """What the classifier and the regressor share.

    Args:
        patches: Number of patches in the dictionary.
        size: Side of a patch in pixels.
        cells: Parts along each side of a picture.
        penalty: Penalty of the linear model.
        seed: Seed.
    """

    def __init__(
        self, *, patches: int = 200, size: int = 6, cells: int = 3, penalty: float = 100.0, seed: int = 0
    ) -> None:
        self.patches, self.size, self.cells, self.penalty, self.seed = patches, size, cells, penalty, seed

    def fit(
        self,
        X: PixelRows,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        deadline: Deadline | None = None,
    ) -> Self:
        """Learn the dictionary, then the linear model, from so many rows as there is time for."""
        deadline = deadline or Deadline()
        most = int(np.clip(_PATCHES_PER_SECOND * deadline.remaining(), _FEWEST_PATCHES, MOST_PATCHES))
        self.dictionary_ = PatchDictionary(
            patches=self.patches, size=self.size, cells=self.cells, seed=self.seed
        ).fit(X.pixels, most=most)
        kept, rows = self._described(X.pixels, y, deadline.share(_DESCRIBING))
        X, y = X[kept], y[kept]
        sample_weight = None if sample_weight is None else sample_weight[kept]
        self.mean_ = rows.mean(axis=0)
        self.scale_ = 1 / np.maximum(rows.std(axis=0), _NO_VARIATION)
        self.model_ = self._model().fit(self._joined(rows, X.others), y, sample_weight=sample_weight)
        return self

    def _described(
        self, pixels: np.ndarray, y: np.ndarray, deadline: Deadline
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions of the rows that there was time to describe, and their descriptions."""
        order = self._order(y)
        parts: list[np.ndarray] = []
        for start in range(0, len(order), _ROWS_AT_ONCE):
            parts.append(self.dictionary_.transform(pixels[order[start : start + _ROWS_AT_ONCE]]))
            if deadline.passed():
                break
        kept = order[: sum(map(len, parts))]
        back = np.argsort(kept)
        return kept[back], np.concatenate(parts)[back]

    def _order(self, y: np.ndarray) -> np.ndarray:
        return np.random.default_rng(self.seed).permutation(len(y))

    def _model(self) -> Any:
        raise NotImplementedError

    def _rows(self, X: PixelRows) -> np.ndarray:
        return self._joined(self.dictionary_.transform(X.pixels), X.others).astype(np.float64)

    def _joined(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        return np.concatenate([(rows - self.mean_) * self.scale_, others], axis=1)


class PatchClassifier(ClassifierMixin, _PatchEstimator):  # type: ignore[misc]
    """Predicts class probabilities of pictures."""

    def _order(self, y: np.ndarray) -> np.ndarray:
        """Return rows in random order, after one of each class."""
        order = super()._order(y)
        _, first = np.unique(y[order], return_index=True)
        return np.concatenate([order[first], np.delete(order, first)])

    def _model(self) -> Any:
        return LogisticRegression(C=1 / self.penalty, max_iter=200, tol=1e-3)

    @property
    def classes_(self) -> np.ndarray:
        """The classes that it knows."""
        return np.asarray(self.model_.classes_)

    def predict_proba(self, X: PixelRows) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return np.asarray(self.model_.predict_proba(self._rows(X)))

    def predict(self, X: PixelRows) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return np.asarray(self.model_.predict(self._rows(X)))


class PatchRegressor(RegressorMixin, _PatchEstimator):  # type: ignore[misc]
    """Predicts values of pictures."""

    def _model(self) -> Any:
        return Ridge(alpha=self.penalty * 10)

    def predict(self, X: PixelRows) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return np.asarray(self.model_.predict(self._rows(X)))
