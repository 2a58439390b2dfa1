"""Metrics of predicted classes on many resamples at once, from counts of hits, rows and predictions per class."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class ClassCounts:
    """The counts that metrics of classes depend on. They replace the confusion matrix, which may be large.

    Attributes:
        hits: Weight of the correctly predicted rows of each class, shape ``(K, B)`` for B resamples.
        true: Weight of the rows of each class, shape ``(K, B)``.
        predicted: Weight of the rows predicted as each class, shape ``(K, B)``.
        squared: Weighted sum of squared distances between true and predicted codes, shape ``(B,)``.
    """

    hits: np.ndarray
    true: np.ndarray
    predicted: np.ndarray
    squared: np.ndarray

    @classmethod
    def count(cls, y: np.ndarray, labels: np.ndarray, draws: np.ndarray, *, n_classes: int) -> Self:
        """Count on every resample.

        Args:
            y: Class codes, shape ``(n,)``.
            labels: Predicted codes, shape ``(n,)``.
            draws: Weight of each row in each resample, shape ``(n, B)``.
            n_classes: Number of classes K.
        """
        return cls(
            hits=_by_class(y, draws, n_classes, keep=y == labels),
            true=_by_class(y, draws, n_classes),
            predicted=_by_class(labels, draws, n_classes),
            squared=(y - labels).astype(np.float64) ** 2 @ draws,
        )

    @property
    def total(self) -> np.ndarray:
        """Weight of all rows, shape ``(B,)``."""
        return self.true.sum(axis=0)


Kernel = Callable[[ClassCounts], np.ndarray]


def _by_class(
    codes: np.ndarray, draws: np.ndarray, n_classes: int, *, keep: np.ndarray | None = None
) -> np.ndarray:
    members = np.ones(len(codes)) if keep is None else keep.astype(np.float64)
    return csr_matrix((members, (codes, np.arange(len(codes)))), shape=(n_classes, len(codes))) @ draws


def ratio(top: np.ndarray, bottom: np.ndarray, *, otherwise: float) -> np.ndarray:
    """Divide elementwise, with ``otherwise`` where the divisor is not positive."""
    top, bottom = np.broadcast_arrays(top, bottom)
    return np.divide(top, bottom, out=np.full(top.shape, otherwise), where=bottom > 0)


def _recall(c: ClassCounts) -> np.ndarray:
    return ratio(c.hits, c.true, otherwise=0.0)


def _precision(c: ClassCounts) -> np.ndarray:
    return ratio(c.hits, c.predicted, otherwise=0.0)


def _f1(c: ClassCounts) -> np.ndarray:
    return ratio(2 * c.hits, c.true + c.predicted, otherwise=0.0)


def _accuracy(c: ClassCounts) -> np.ndarray:
    return ratio(c.hits.sum(axis=0), c.total, otherwise=np.nan)


def _mean_over(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return ratio((values * shares).sum(axis=0), shares.sum(axis=0, dtype=np.float64), otherwise=np.nan)


def _balanced_accuracy(c: ClassCounts) -> np.ndarray:
    return _mean_over(_recall(c), c.true > 0)


def _norm_macro_recall(c: ClassCounts) -> np.ndarray:
    guessing = ratio(np.ones(c.true.shape[1]), (c.true > 0).sum(axis=0), otherwise=1.0)
    return ratio(_balanced_accuracy(c) - guessing, 1 - guessing, otherwise=np.nan)


def _mcc(c: ClassCounts) -> np.ndarray:
    true, predicted = c.total**2 - (c.true**2).sum(axis=0), c.total**2 - (c.predicted**2).sum(axis=0)
    covariance = c.hits.sum(axis=0) * c.total - (c.true * c.predicted).sum(axis=0)
    score = ratio(covariance, np.sqrt(np.maximum(true * predicted, 0)), otherwise=0.0)
    return np.where((c.true > 0).sum(axis=0) > 1, score, np.nan)


def _cohen_kappa(c: ClassCounts) -> np.ndarray:
    by_chance = ratio((c.true * c.predicted).sum(axis=0), c.total, otherwise=np.nan)
    missed = ratio(c.total - c.hits.sum(axis=0), c.total - by_chance, otherwise=np.nan)
    return 1 - missed


def _quadratic_kappa(c: ClassCounts) -> np.ndarray:
    codes = np.arange(len(c.true), dtype=np.float64)
    crossed = (codes**2 @ c.true + codes**2 @ c.predicted) * c.total
    expected = crossed - 2 * (codes @ c.true) * (codes @ c.predicted)
    return 1 - ratio(c.squared * c.total, expected, otherwise=np.nan)


def _family(name: str, score: Kernel) -> dict[str, Kernel]:
    return {
        name: lambda c: score(c)[1],
        # Averaged over the classes that occur or are predicted, like in scikit-learn.
        f"{name}_macro": lambda c: _mean_over(score(c), c.true + c.predicted > 0),
        f"{name}_micro": _accuracy,
        f"{name}_weighted": lambda c: _mean_over(score(c), c.true),
    }


KERNELS: dict[str, Kernel] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    **_family("recall", _recall),
    **_family("precision", _precision),
    **_family("f1", _f1),
    "norm_macro_recall": _norm_macro_recall,
    "mcc": _mcc,
    "cohen_kappa": _cohen_kappa,
    "quadratic_kappa": _quadratic_kappa,
}
