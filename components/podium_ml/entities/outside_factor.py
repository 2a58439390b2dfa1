"""How readily spans are found: a factor of the probability of no span, chosen out of fold for the metric.

The most probable tags miss more spans than they invent, where models are unsure; F1 counts both alike.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import Metric

_FACTORS = (0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.4, 2.0)
_NONE = 1.0


@dataclass(frozen=True)
class OutsideFactor:
    """Multiplies the probability of no span.

    Attributes:
        factor: Less than 1 finds more spans.
    """

    factor: float

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities of tags, shape ``(n, T, K)``, which are 0 where there is no token."""
        changed = np.array(raw, dtype=np.float32)
        changed[:, :, 0] *= self.factor
        total = changed.sum(axis=2, keepdims=True)
        return np.divide(changed, total, out=changed, where=total > 0)


def choose_factor(
    raw: np.ndarray, targets: Targets, *, metric: Metric, folds: Folds
) -> tuple[OutsideFactor | None, float]:
    """Return the factor that serves a metric best, ``None`` for none, and the cross-fitted score with it.

    Args:
        raw: Out-of-fold probabilities of tags.
        targets: Targets of the same texts.
        metric: A metric of counts that are summed over texts.
        folds: Splits of the texts for cross-fitting; there may be none.
    """
    plain = metric.score(targets.y, raw, targets.weight)
    if not metric.tunes_threshold or not folds:
        return None, plain
    counts = {one: _counts(OutsideFactor(one).calibrate(raw), targets, metric) for one in _FACTORS}
    honest = counts[_NONE].copy()
    for train, valid in folds:
        honest[valid] = counts[_best(counts, metric, train)][valid]
    chosen, score = _best(counts, metric, np.arange(len(raw))), _score(honest, metric)
    if chosen == _NONE or not metric.utility(score) > metric.utility(plain):
        return None, plain
    return OutsideFactor(chosen), score


def _counts(raw: np.ndarray, targets: Targets, metric: Metric) -> np.ndarray:
    assert metric.counts is not None
    counts = metric.counts(targets.y, raw)
    if targets.weight is None:
        return counts
    return counts * targets.weight.reshape(-1, *[1] * (counts.ndim - 1))


def _score(counts: np.ndarray, metric: Metric) -> float:
    assert metric.of_sums is not None
    return float(metric.of_sums(counts.sum(axis=0)))


def _best(counts: Mapping[float, np.ndarray], metric: Metric, rows: np.ndarray) -> float:
    """Return the best factor for some texts; of equally good ones the one that changes least."""
    return max(
        counts,
        key=lambda one: (metric.utility(_score(counts[one][rows], metric)), -abs(math.log(one))),
    )
