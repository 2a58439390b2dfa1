"""Bootstrap intervals (Efron 1979; percentile method), fast enough for every model and metric."""

import math

import numpy as np

from podium_ml.metrics import Metric, Threshold
from podium_ml.resampling import ResampledModel, Resamples
from podium_ml.run.budget import Deadline

Interval = tuple[float | None, float | None]

_UNKNOWN: Interval = (None, None)
_LEVEL = 0.95
_FEWEST = 50
MOST_ROWS = 10_000


class Bootstrap:
    """Computes intervals of metrics on the same resamples for all models, so that the models are comparable.

    If there are more than ``MOST_ROWS`` rows, only a sample of them is resampled. The spread is then scaled to all rows
    (m out of n bootstrap; Bickel, Goetze and van Zwet 1997), because the standard error falls with the square root of
    the number of rows.

    Args:
        y: Class codes or values, shape ``(n,)``, at least one.
        weight: Sample weights, or ``None``.
        seed: Seed of the resamples.
        deadline: When to stop.
    """

    def __init__(self, y: np.ndarray, *, weight: np.ndarray | None, seed: int, deadline: Deadline) -> None:
        random = np.random.default_rng(seed)
        self._y, self._weight, self._deadline = y, weight, deadline
        self._rows: np.ndarray | slice = slice(None)
        if len(y) > MOST_ROWS:
            self._rows = np.sort(random.choice(len(y), MOST_ROWS, replace=False))
        part = None if weight is None else weight[self._rows]
        self._resamples = Resamples.draw(y[self._rows], part, random)
        self._last: tuple[np.ndarray, ResampledModel] | None = None

    def interval(
        self, metric: Metric, raw: np.ndarray, *, threshold: Threshold = None, value: float | None = None
    ) -> Interval:
        """Return the ends of the 95% interval, or ``None`` for both if it cannot be computed, or not in time.

        Args:
            metric: The metric.
            raw: Raw predictions of all rows, shape ``(n, K)`` or ``(n,)``.
            threshold: Decision threshold of a binary model, or ``None``.
            value: The metric on all rows, if already known.
        """
        if self._deadline.passed():
            return _UNKNOWN
        model = self._model(raw, threshold, of_sets=metric.of_sets)
        with np.errstate(all="ignore"):
            scores = model.scores(metric)
        if scores is None:
            scores = self._one_by_one(metric, model)
        scores, middle = scores[1:], scores[:1]  # The first resample holds the original rows.
        scores = scores[np.isfinite(scores)]
        if len(scores) < _FEWEST:
            return _UNKNOWN
        ends = np.quantile(scores, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
        if len(self._y) > MOST_ROWS:
            value = self._value(metric, raw, threshold) if value is None else value
            ends = value + (ends - middle) * math.sqrt(MOST_ROWS / len(self._y))
        low, high = ends.tolist()
        return (low, high) if math.isfinite(low) and math.isfinite(high) else _UNKNOWN

    def _model(self, raw: np.ndarray, threshold: Threshold, *, of_sets: bool) -> ResampledModel:
        """Return the model on the resamples; reused for further metrics of the same predictions."""
        if self._last is None or self._last[0] is not raw or self._last[1].threshold != threshold:
            self._last = raw, ResampledModel(self._resamples, raw[self._rows], threshold, of_sets)
        return self._last[1]

    def _one_by_one(self, metric: Metric, model: ResampledModel) -> np.ndarray:
        scores = []
        for number in model.numbers:
            if self._deadline.passed():
                break
            scores.append(model.score_one(metric, number))
        return np.array(scores)

    def _value(self, metric: Metric, raw: np.ndarray, threshold: Threshold) -> float:
        return metric.score(self._y, raw, self._weight, threshold=threshold)
