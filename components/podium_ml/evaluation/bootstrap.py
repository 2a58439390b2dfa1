"""Bootstrap intervals (Efron 1979), fast enough for every model and metric."""

import math
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import MetricValue
from podium_ml.contracts.targets import Targets
from podium_ml.evaluation import intervals
from podium_ml.evaluation.evidence import evidence, shortage
from podium_ml.evaluation.shares import count_share
from podium_ml.metrics import Metric, Threshold
from podium_ml.resampling import ResampledModel, Resamples, Units, units_of
from podium_ml.run.budget import Deadline

_FEWEST = 50
MOST_ROWS = 10_000
# Whole groups are sampled, but not fewer than this.
_FEWEST_UNITS = 100
_LATE = "there was no time for it"
_UNDEFINED = "the score is undefined on too many samples of the rows"
_CONSTANT = "the score is the same on every sample of the rows"


@dataclass(frozen=True)
class Answer:
    """One model's predictions.

    Attributes:
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold of a binary model or of each label, or ``None``.
    """

    raw: np.ndarray
    threshold: Threshold = None


class Bootstrap:
    """Computes intervals of metrics on the same resamples for all models, so that the models are comparable.

    Groups, or blocks of time, are drawn where the rows have them. Only the standard error is taken from the resamples;
    see ``intervals``. If there are more than ``MOST_ROWS`` rows, only a sample of them is resampled. The error is then
    scaled to all rows (m out of n bootstrap; Bickel, Goetze and van Zwet 1997), because it falls with the square root
    of the number of rows.

    Args:
        targets: Targets of the rows, at least one, with their weights, groups and times.
        seed: Seed of the resamples.
        deadline: When to stop.
        errors: An error of each row, which determines the length of blocks of time, shape ``(n,)``; or ``None``.
    """

    def __init__(
        self, targets: Targets, *, seed: int, deadline: Deadline, errors: np.ndarray | None = None
    ) -> None:
        random = np.random.default_rng(seed)
        self.units = units_of(targets, errors)
        self._targets, self._deadline = targets, deadline
        self._rows: np.ndarray | slice = slice(None)
        self._scale = 1.0
        drawn, part = self.units, targets
        if len(targets.y) > MOST_ROWS:
            self._rows = _sample(self.units, random)
            drawn, part = self.units.of_rows(self._rows), targets.of_rows(self._rows)
            self._scale = math.sqrt(drawn.number / self.units.number)
        classes = part.y if part.y.ndim == 1 and part.y.dtype.kind in "iu" else None
        self._resamples = Resamples.draw(part.y, part.weight, random, units=drawn, strata=classes)
        self._shortages: dict[str, str] = {}
        self._freedoms: dict[str, float] = {}
        self._last: tuple[Answer, ResampledModel] | None = None

    def measure(self, metric: Metric, answer: Answer, *, value: float | None = None) -> MetricValue:
        """Return a score with its 95% interval, or with the reason why there is none.

        Args:
            metric: The metric.
            answer: A model's predictions of all rows.
            value: The score on all rows, if already known.
        """
        if value is None:
            value = self.score(metric, answer)
        if not math.isfinite(value):
            return MetricValue(None)
        ends, reason = self._ends(metric, answer, value)
        return MetricValue(value, reason=reason) if ends is None else MetricValue(value, *ends)

    def difference(
        self, metric: Metric, first: Answer, second: Answer, *, level: float = intervals.LEVEL
    ) -> MetricValue:
        """Return by how much the first model is better than the second, with the interval of the difference.

        Both are scored on the same resamples, so that what they have in common cancels.

        Args:
            metric: The metric.
            first: Predictions of the first model.
            second: Predictions of the second model.
            level: Probability that the interval covers the true difference.
        """
        value = metric.utility(self.score(metric, first)) - metric.utility(self.score(metric, second))
        if not math.isfinite(value):
            return MetricValue(None)
        if reason := self.shortage(metric):
            return MetricValue(value, reason=reason)
        scores = [self.scores(metric, one) for one in (first, second)]
        count = min(map(len, scores))
        error = self._error(metric, scores[0][:count] - scores[1][:count])
        if error is None:
            return MetricValue(value, reason=_LATE if self._deadline.passed() else _UNDEFINED)
        reach = intervals.quantile(self.freedom(metric), level) * error
        return MetricValue(value, value - reach, value + reach)

    def score(self, metric: Metric, answer: Answer) -> float:
        """Return the score on all rows."""
        targets = self._targets
        return metric.score(targets.y, answer.raw, targets.weight, threshold=answer.threshold)

    def scores(self, metric: Metric, answer: Answer) -> np.ndarray:
        """Return the score on every resample, shape ``(B,)``; the first resample holds every row once.

        There are fewer scores if the time is up.
        """
        model = self._model(answer, of_sets=metric.of_sets)
        with np.errstate(all="ignore"):
            known = model.scores(metric)
        return self._one_by_one(metric, model) if known is None else known

    def error(self, metric: Metric, answer: Answer) -> float | None:
        """Return the standard error of a score, or ``None`` if it cannot be computed."""
        return self._error(metric, self.scores(metric, answer))

    def freedom(self, metric: Metric) -> float:
        """Return the degrees of freedom of standard errors."""
        if metric.name not in self._freedoms:
            self._freedoms[metric.name] = max(1.0, evidence(metric, self._targets.y, self.units) - 1.0)
        return self._freedoms[metric.name]

    def shortage(self, metric: Metric) -> str:
        """Return why there are too few rows for an interval, or an empty text."""
        if metric.name not in self._shortages:
            self._shortages[metric.name] = shortage(metric, self._targets.y, self.units)
        return self._shortages[metric.name]

    def _ends(self, metric: Metric, answer: Answer, value: float) -> tuple[intervals.Ends | None, str]:
        y = self._targets.y
        if self._targets.weight is None and self.units.kind == "rows":
            counted = count_share(metric, y, answer.raw, answer.threshold)
            if counted is not None:
                return (intervals.of_share(value, counted[1]), "") if counted[1] else (None, _UNDEFINED)
        if reason := self.shortage(metric):
            return None, reason
        if self._deadline.passed():
            return None, _LATE
        error = self.error(metric, answer)
        if error is None:
            return None, _LATE if self._deadline.passed() else _UNDEFINED
        ends = intervals.of_score(value, error, freedom=self.freedom(metric), bounds=metric.bounds)
        return ends, "" if ends else _CONSTANT

    def _error(self, metric: Metric, scores: np.ndarray) -> float | None:
        scores = scores[1:][np.isfinite(scores[1:])]
        if len(scores) < _FEWEST:
            return None
        # A resample varies less than the rows it is drawn from, by the same factor as an uncorrected variance.
        freedom = self.freedom(metric)
        return float(scores.std(ddof=1)) * math.sqrt((freedom + 1) / freedom) * self._scale

    def _model(self, answer: Answer, *, of_sets: bool) -> ResampledModel:
        """Return the model on the resamples; reused for further metrics of the same predictions."""
        if self._last is None or self._last[0] is not answer:
            raw = answer.raw[self._rows]
            self._last = answer, ResampledModel(self._resamples, raw, answer.threshold, of_sets)
        return self._last[1]

    def _one_by_one(self, metric: Metric, model: ResampledModel) -> np.ndarray:
        scores = []
        for number in model.numbers:
            if self._deadline.passed():
                break
            scores.append(model.score_one(metric, number))
        return np.array(scores)


def _sample(units: Units, random: np.random.Generator) -> np.ndarray:
    """Return the positions of at most ``MOST_ROWS`` rows: of single rows, or of as many whole units as fit."""
    order = random.permutation(units.number)
    sizes = np.bincount(units.codes)[order].cumsum()
    kept = order[: max(_FEWEST_UNITS, int(np.searchsorted(sizes, MOST_ROWS, side="right")))]
    rows = np.flatnonzero(np.isin(units.codes, kept))
    if len(rows) > MOST_ROWS:
        rows = np.sort(random.choice(rows, MOST_ROWS, replace=False))
    return rows
