"""The resamples that all models share, and the metrics of one model on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from podium_ml.metrics import Metric, Parts, Threshold, decide_labels, decide_sets
from podium_ml.resampling import _labels, _losses, _rankings, _sets
from podium_ml.resampling._labels import ClassCounts
from podium_ml.resampling._rankings import RankingAreas
from podium_ml.resampling._sets import SetCounts
from podium_ml.resampling.units import Units

_MOST_RESAMPLES, _FEWEST_RESAMPLES, _BY_FUNCTION = 500, 50, 100
# Maximum of rows times resamples: held in memory, and for ranking all classes.
_HELD, _RANKED = 2_000_000, 10_000_000


@dataclass(frozen=True)
class Resamples:
    """Bootstrap resamples, drawn with replacement.

    Attributes:
        y: Class codes or values of the original rows, shape ``(n,)``.
        weight: Sample weights of the original rows, or ``None``.
        counts: How often each row was drawn in each resample, shape ``(n, B)``.
    """

    y: np.ndarray
    weight: np.ndarray | None
    counts: np.ndarray

    @classmethod
    def draw(
        cls,
        y: np.ndarray,
        weight: np.ndarray | None,
        random: np.random.Generator,
        *,
        units: Units | None = None,
        strata: np.ndarray | None = None,
    ) -> Self:
        """Draw as many resamples as memory allows, at most 500. The first one contains every row once.

        How many rows of a class a resample holds is drawn too, because other test rows would hold other numbers: with
        fixed numbers, intervals of log loss and Brier score are much too narrow if a class is rare. But a class that
        a resample would lack is drawn once.

        Args:
            y: Class codes or values, shape ``(n,)`` or ``(n, L)``.
            weight: Sample weights, or ``None``.
            random: Source of the draws.
            units: What is drawn; ``None`` for single rows.
            strata: Classes that every resample contains, as codes of shape ``(n,)``; or ``None``.
        """
        rows = len(y)
        codes = np.arange(rows) if units is None else units.codes
        number = int(np.clip(_HELD // rows, _FEWEST_RESAMPLES, _MOST_RESAMPLES))
        drawn = rows if units is None else units.number
        counts = random.multinomial(drawn, np.full(drawn, 1 / drawn), size=number)
        for code in () if strata is None else np.unique(strata):
            _add_missing(counts, np.unique(codes[strata == code]), random)
        counts = np.vstack([np.ones((1, drawn), dtype=counts.dtype), counts])[:, codes]
        return cls(y, weight, np.ascontiguousarray(counts.T))

    @cached_property
    def draws(self) -> np.ndarray:
        """Weight of each row in each resample, including its sample weight, shape ``(n, B)``."""
        counts = self.counts.astype(np.float64)
        return counts if self.weight is None else counts * self.weight[:, None]


def _add_missing(counts: np.ndarray, units: np.ndarray, random: np.random.Generator) -> None:
    """Draw one of these units in every resample that contains none of them."""
    missing = np.flatnonzero(counts[:, units].sum(axis=1) == 0)
    counts[missing, random.choice(units, len(missing))] = 1


@dataclass(frozen=True)
class ResampledModel:
    """The predictions of one model for the original rows.

    Attributes:
        resamples: The resamples.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold of a binary model or of each label, or ``None``.
        of_sets: Whether targets are sets of labels.
    """

    resamples: Resamples
    raw: np.ndarray
    threshold: Threshold
    of_sets: bool = False

    def scores(self, metric: Metric) -> np.ndarray | None:
        """Return a metric on every resample, shape ``(B,)`` or shorter; ``None`` if it has no vectorized kernel."""
        name, resamples = metric.name, self.resamples
        if metric.counts is not None and metric.of_sums is not None:
            more = (self.threshold,) if metric.at_threshold else ()
            counts = metric.counts(resamples.y, self.raw, *more)
            return metric.of_sums(np.tensordot(resamples.draws.T, counts, axes=1))
        if metric.of_sets:
            return self._set_scores(name)
        if name in _labels.KERNELS:
            return _labels.KERNELS[name](self._classes)
        if name in _rankings.KERNELS:
            return _rankings.KERNELS[name](self._areas)
        if name in _losses.KERNELS:
            scores = _losses.KERNELS[name](*self._values, resamples.draws)
            return self._in_ranges(scores, metric) if metric.per_range else scores
        return None

    def _in_ranges(self, scores: np.ndarray, metric: Metric) -> np.ndarray:
        if metric.span is not None:
            return scores / metric.span
        return scores / _losses.ranges(self._values[0], self.resamples.draws)

    @property
    def _values(self) -> tuple[np.ndarray, np.ndarray]:
        """Targets and predictions; of future values, the values and the points."""
        y, raw = self.resamples.y, self.raw
        return (y, raw) if y.ndim == 1 else (y[:, 0], raw[:, 0])

    def _set_scores(self, name: str) -> np.ndarray | None:
        if name in _sets.LABEL_KERNELS:
            return _sets.LABEL_KERNELS[name](self._label_counts)
        if name in _rankings.KERNELS:
            return _rankings.KERNELS[name](self._areas)
        if name == "lrap":
            return _sets.lrap(self.resamples.y, self.raw, self.resamples.draws)
        return None

    def score_one(self, metric: Metric, number: int) -> float:
        """Return any metric on one resample, in which a row drawn twice occurs twice."""
        drawn = self.resamples
        rows = np.repeat(np.arange(len(drawn.y)), drawn.counts[:, number])
        if metric.parts is not None and metric.of_parts is not None:
            parts = self._parts_of(metric.parts)
            return metric.of_parts([parts[row] for row in rows.tolist()])
        weight = None if drawn.weight is None else drawn.weight[rows]
        return metric.score(drawn.y[rows], self.raw[rows], weight, threshold=self.threshold)

    def _parts_of(self, parts: Parts) -> Sequence[Any]:
        if parts not in self._parts:
            self._parts[parts] = parts(self.resamples.y, self.raw)
        return self._parts[parts]

    @cached_property
    def _parts(self) -> dict[Parts, Sequence[Any]]:
        return {}

    @property
    def numbers(self) -> range:
        """The resamples for metrics without a vectorized kernel."""
        return range(min(_BY_FUNCTION, self.resamples.counts.shape[1]))

    @cached_property
    def _classes(self) -> ClassCounts:
        labels = decide_labels(self.raw, self.threshold)
        return ClassCounts.count(self.resamples.y, labels, self.resamples.draws, n_classes=self.raw.shape[1])

    @cached_property
    def _label_counts(self) -> SetCounts:
        sets = decide_sets(self.raw, self.threshold)
        return SetCounts.count(self.resamples.y, sets, self.resamples.draws)

    @cached_property
    def _areas(self) -> RankingAreas:
        most, y = max(_FEWEST_RESAMPLES, _RANKED // self.raw.size), self.resamples.y
        draws = self.resamples.draws[:, : most + 1]
        if self.of_sets:
            return RankingAreas.of_flags(y == 1, self.raw, draws)
        return RankingAreas.measure(y, self.raw, draws)
