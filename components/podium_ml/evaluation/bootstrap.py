"""Bootstrap intervals (Efron 1979; percentile method), quick enough for every model and metric."""

import numpy as np

from podium_ml.budget import Deadline
from podium_ml.evaluation import _resampled_labels, _resampled_probabilities, _resampled_values
from podium_ml.metrics import Metric

_RESAMPLES = 500
# Metrics without a kernel of their own are computed one resample at a time.
_SLOW_RESAMPLES, _FEWEST_RESAMPLES = 100, 50
# Resamples times rows, for memory.
_MOST_CELLS = 20_000_000
_LEVEL = 0.95


class Bootstrap:
    """Intervals of metrics on the same resamples for all models, so that models can be compared.

    Args:
        y: Class codes or values, shape ``(n,)``.
        weight: Sample weights, or ``None``.
        seed: Seed of the resamples.
        deadline: When to stop.
    """

    def __init__(self, y: np.ndarray, *, weight: np.ndarray | None, seed: int, deadline: Deadline) -> None:
        self._y, self._deadline = y, deadline
        resamples = int(np.clip(_MOST_CELLS // max(1, len(y)), _FEWEST_RESAMPLES, _RESAMPLES))
        random = np.random.default_rng(seed)
        self._counts = random.multinomial(len(y), np.full(len(y), 1 / len(y)), size=resamples).astype(
            np.float64
        )
        if weight is not None:
            self._counts *= weight

    def interval(
        self, metric: Metric, raw: np.ndarray, *, threshold: float | None = None
    ) -> tuple[float | None, float | None]:
        """Return the ends of the 95 % interval, or ``None`` for both where it cannot be computed in time.

        Args:
            metric: The metric.
            raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
            threshold: Decision threshold of a binary model, or ``None``.
        """
        if self._deadline.passed():
            return None, None
        scores = self._scores(metric, raw, threshold)
        scores = scores[np.isfinite(scores)]
        if len(scores) < _FEWEST_RESAMPLES:
            return None, None
        low, high = np.quantile(scores, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
        return float(low), float(high)

    def _scores(self, metric: Metric, raw: np.ndarray, threshold: float | None) -> np.ndarray:
        y, counts, name = self._y, self._counts, metric.name
        if metric.needs == "label" and name in _resampled_labels.KERNELS:
            labels = predicted_labels(raw, threshold)
            C = _resampled_labels.confusion_matrices(y, labels, counts, raw.shape[1])
            return _resampled_labels.KERNELS[name](C)
        kernels = {**_resampled_probabilities.KERNELS, **_resampled_values.KERNELS}
        if name in kernels:
            return kernels[name](y, raw, counts)
        return self._one_by_one(metric, raw, threshold)

    def _one_by_one(self, metric: Metric, raw: np.ndarray, threshold: float | None) -> np.ndarray:
        scores = []
        for counts in self._counts[:_SLOW_RESAMPLES]:
            drawn = counts > 0
            scores.append(metric.score(self._y[drawn], raw[drawn], counts[drawn], threshold=threshold))
            if self._deadline.passed():
                break
        return np.array(scores)


def predicted_labels(raw: np.ndarray, threshold: float | None) -> np.ndarray:
    """Return class codes: the most probable, or the positive one from the threshold on."""
    if threshold is not None and raw.shape[1] == 2:
        return (raw[:, 1] >= threshold).astype(np.int64)
    return raw.argmax(axis=1)
