"""Metrics of sets of labels on many resamples at once, from counts per label or scores per row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from podium_ml.resampling._labels import ratio


@dataclass(frozen=True)
class SetCounts:
    """The counts that metrics of sets depend on.

    Attributes:
        y: True labels as 0 and 1, shape ``(n, L)``.
        sets: Predicted labels as 0 and 1, shape ``(n, L)``.
        draws: Weight of each row in each resample, shape ``(n, B)``.
        hits: Weight of the rows for which each label is correctly predicted, shape ``(L, B)``.
        true: Weight of the rows with each label, shape ``(L, B)``.
        predicted: Weight of the rows for which each label is predicted, shape ``(L, B)``.
    """

    y: np.ndarray
    sets: np.ndarray
    draws: np.ndarray
    hits: np.ndarray
    true: np.ndarray
    predicted: np.ndarray

    @classmethod
    def count(cls, y: np.ndarray, sets: np.ndarray, draws: np.ndarray) -> Self:
        """Count on every resample."""
        flags = (np.asarray(part, dtype=np.float64).T for part in (y * sets, y, sets))
        hits, true, predicted = (part @ draws for part in flags)
        return cls(y, sets, draws, hits, true, predicted)

    def mean(self, rows: np.ndarray) -> np.ndarray:
        """Return the weighted mean of a score per row, shape ``(B,)``."""
        return ratio(rows @ self.draws, self.draws.sum(axis=0), otherwise=np.nan)


Kernel = Callable[[SetCounts], np.ndarray]
# Maximum number of comparisons at once: rows times labels squared.
_CELLS = 5_000_000


def _recall(hits: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return ratio(hits, true, otherwise=0.0)


def _precision(hits: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return ratio(hits, predicted, otherwise=0.0)


def _f1(hits: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return ratio(2 * hits, true + predicted, otherwise=0.0)


def _jaccard(hits: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    return ratio(hits, true + predicted - hits, otherwise=0.0)


def _averages(
    name: str, score: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
) -> dict[str, Kernel]:
    def weighted(c: SetCounts) -> np.ndarray:
        scores = score(c.hits, c.true, c.predicted)
        return ratio((scores * c.true).sum(axis=0), c.true.sum(axis=0), otherwise=0.0)

    return {
        f"{name}_micro": lambda c: score(c.hits.sum(axis=0), c.true.sum(axis=0), c.predicted.sum(axis=0)),
        f"{name}_macro": lambda c: score(c.hits, c.true, c.predicted).mean(axis=0),
        f"{name}_weighted": weighted,
    }


def _shares(c: SetCounts, *, twice: bool) -> np.ndarray:
    """Return the F1 score (``twice``) or the Jaccard index of each row. Two empty sets score 1."""
    both, total = (c.y * c.sets).sum(axis=1), c.y.sum(axis=1) + c.sets.sum(axis=1)
    top, bottom = (2 * both, total) if twice else (both, total - both)
    return ratio(top.astype(np.float64), bottom, otherwise=1.0)


LABEL_KERNELS: dict[str, Kernel] = {
    **_averages("recall", _recall),
    **_averages("precision", _precision),
    **_averages("f1", _f1),
    **_averages("jaccard", _jaccard),
    "f1_samples": lambda c: c.mean(_shares(c, twice=True)),
    "jaccard_samples": lambda c: c.mean(_shares(c, twice=False)),
    "hamming_loss": lambda c: c.mean((c.y != c.sets).mean(axis=1)),
    "subset_accuracy": lambda c: c.mean((c.y == c.sets).all(axis=1).astype(np.float64)),
}


def lrap(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the label ranking average precision on every resample, shape ``(B,)``."""
    step = max(1, _CELLS // raw.shape[1] ** 2)
    rows = np.concatenate(
        [_precisions(y[at : at + step], raw[at : at + step]) for at in range(0, len(y), step)]
    )
    return ratio(rows @ draws, draws.sum(axis=0), otherwise=np.nan)


def _precisions(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return for each row the precision at the rank of each true label, averaged over the true labels."""
    above = raw[:, None, :] >= raw[:, :, None]
    ranks, true = above.sum(axis=2), (above & (y[:, None, :] == 1)).sum(axis=2)
    count = y.sum(axis=1)
    mean = ratio((true / ranks * y).sum(axis=1), count, otherwise=1.0)
    return np.where(count == y.shape[1], 1.0, mean)
