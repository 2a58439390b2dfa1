"""The resamples that all models share, and what one model's metrics on them have in common."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from podium_ml.evaluation import _resampled_labels, _resampled_losses, _resampled_rankings
from podium_ml.evaluation._resampled_labels import ClassCounts
from podium_ml.evaluation._resampled_rankings import RankingAreas
from podium_ml.evaluation.decisions import predicted_labels
from podium_ml.metrics import Metric

_MOST_RESAMPLES, _FEWEST_RESAMPLES, _BY_FUNCTION = 500, 50, 100
# Rows times resamples that are held in memory, and that ranking all classes may go through.
_HELD, _RANKED = 2_000_000, 10_000_000


@dataclass(frozen=True)
class Resamples:
    """Rows drawn with replacement, again and again.

    Attributes:
        y: Class codes or values of the rows that are drawn from, shape ``(n,)``.
        weight: Their sample weights, or ``None``.
        counts: How often each row was drawn in each resample, shape ``(n, B)``.
    """

    y: np.ndarray
    weight: np.ndarray | None
    counts: np.ndarray

    @classmethod
    def draw(cls, y: np.ndarray, weight: np.ndarray | None, random: np.random.Generator) -> "Resamples":
        """Draw as many as memory allows, 500 at most; the very first has every row once."""
        rows = len(y)
        number = int(np.clip(_HELD // rows, _FEWEST_RESAMPLES, _MOST_RESAMPLES))
        counts = random.multinomial(rows, np.full(rows, 1 / rows), size=number)
        return cls(
            y, weight, np.ascontiguousarray(np.vstack([np.ones((1, rows), dtype=counts.dtype), counts]).T)
        )

    @cached_property
    def draws(self) -> np.ndarray:
        """How much each row counts in each resample, its weight included, shape ``(n, B)``."""
        counts = self.counts.astype(np.float64)
        return counts if self.weight is None else counts * self.weight[:, None]


@dataclass(frozen=True)
class ResampledModel:
    """One model's predictions of the rows that are drawn from.

    Attributes:
        resamples: The resamples.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold of a binary model, or ``None``.
    """

    resamples: Resamples
    raw: np.ndarray
    threshold: float | None

    def scores(self, metric: Metric) -> np.ndarray | None:
        """Return a metric on every resample, or ``None`` where it has no quick way; shape ``(B,)`` or shorter."""
        name, resamples = metric.name, self.resamples
        if name in _resampled_labels.KERNELS:
            return _resampled_labels.KERNELS[name](self._classes)
        if name in _resampled_rankings.KERNELS:
            return _resampled_rankings.KERNELS[name](self._areas)
        if name in _resampled_losses.KERNELS:
            return _resampled_losses.KERNELS[name](resamples.y, self.raw, resamples.draws)
        return None

    def score_one(self, metric: Metric, number: int) -> float:
        """Return a metric on one resample, whatever the metric; a row drawn twice is there twice."""
        drawn = self.resamples
        rows = np.repeat(np.arange(len(drawn.y)), drawn.counts[:, number])
        weight = None if drawn.weight is None else drawn.weight[rows]
        return metric.score(drawn.y[rows], self.raw[rows], weight, threshold=self.threshold)

    @property
    def numbers(self) -> range:
        """The resamples on which metrics without a quick way are computed."""
        return range(min(_BY_FUNCTION, self.resamples.counts.shape[1]))

    @cached_property
    def _classes(self) -> ClassCounts:
        labels = predicted_labels(self.raw, self.threshold)
        return ClassCounts.count(self.resamples.y, labels, self.resamples.draws, n_classes=self.raw.shape[1])

    @cached_property
    def _areas(self) -> RankingAreas:
        most = max(_FEWEST_RESAMPLES, _RANKED // self.raw.size)
        return RankingAreas.measure(self.resamples.y, self.raw, self.resamples.draws[:, : most + 1])
