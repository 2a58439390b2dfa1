"""Estimates how much better one model is than another on the same rows, with a confidence interval."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from podium_ml.champions.units import Units
from podium_ml.metrics import Metric, Threshold
from podium_ml.resampling import ResampledModel, Resamples
from podium_ml.run.budget import Deadline

_MOST_ROWS, _HELD = 10_000, 2_000_000
_MOST_RESAMPLES, _FEWEST_RESAMPLES = 500, 200
# Metrics without a vectorized kernel are computed one resample at a time.
_BY_FUNCTION, _FEWEST_SCORES = 200, 50


@dataclass(frozen=True)
class Answer:
    """One model's predictions.

    Attributes:
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.
        threshold: Decision threshold of a binary model, or ``None``.
    """

    raw: np.ndarray
    threshold: Threshold = None


@dataclass(frozen=True)
class Gain:
    """How much better the second model is than the first; above 0 means better.

    Attributes:
        scores: The metric of the first and of the second model on all rows.
        value: The difference, signed so that greater is better.
        low: Lower bound of the difference (one-sided), or ``None`` if it cannot be computed.
        high: Upper bound of the difference (one-sided), or ``None``.
    """

    scores: tuple[float, float]
    value: float
    low: float | None
    high: float | None


def compare(
    metric: Metric,
    y: np.ndarray,
    pair: tuple[Answer, Answer],
    *,
    weight: np.ndarray | None,
    units: Units,
    fewest: int,
    error: float,
    seed: int,
    deadline: Deadline,
) -> Gain:
    """Compare two models on the same resamples by a paired bootstrap (Efron 1979).

    The bounds lie so many standard errors of the resampled differences from the difference as Student's t distribution
    says, with the degrees of freedom of the scarcest units. Percentiles of the resamples would be too narrow for few
    units (Efron and Tibshirani 1993, chapter 12), and could not show errors that are smaller than one resample's share.

    If there are more than 10,000 rows, only a sample of 10,000 is used. This makes the interval wider, never narrower.

    Args:
        metric: The metric.
        y: Class codes or values, shape ``(n,)``.
        pair: Predictions of the first and of the second model.
        weight: Sample weights, or ``None``.
        units: What is drawn as a whole.
        fewest: How many units the comparison rests on: at most all, or those of the rarer class.
        error: The chance that each bound may be wrong.
        seed: Seed of the resamples.
        deadline: When to stop.
    """
    first, second = (metric.score(y, one.raw, weight, threshold=one.threshold) for one in pair)
    value = metric.utility(second) - metric.utility(first)
    rows, random = np.arange(len(y)), np.random.default_rng(seed)
    if len(y) > _MOST_ROWS:
        rows = np.sort(random.choice(len(y), _MOST_ROWS, replace=False))
        units = units.of_rows(rows)
    number = int(np.clip(_HELD // len(rows), _FEWEST_RESAMPLES, _MOST_RESAMPLES))
    part = None if weight is None else weight[rows]
    resamples = Resamples(y[rows], part, units.draw(number, random))
    models = [ResampledModel(resamples, one.raw[rows], one.threshold, metric.of_sets) for one in pair]
    before, after = (_scores(metric, model, deadline) for model in models)
    count = min(len(before), len(after))
    gains = (after[:count] - before[:count]) * (1 if metric.greater_is_better else -1)
    gains = gains[1:][np.isfinite(gains[1:])]  # The first resample holds the original rows.
    if len(gains) < _FEWEST_SCORES or not np.isfinite(value) or fewest < 2:
        return Gain((first, second), value, None, None)
    # Resampling n units makes the variance too small by a factor of (n - 1) / n.
    deviation = float(gains.std(ddof=1)) * np.sqrt(fewest / (fewest - 1))
    reach = float(student.ppf(1 - error, fewest - 1)) * deviation
    return Gain((first, second), value, value - reach, value + reach)


def _scores(metric: Metric, model: ResampledModel, deadline: Deadline) -> np.ndarray:
    with np.errstate(all="ignore"):
        scores = model.scores(metric)
        if scores is not None:
            return scores
        values = []
        for number in range(min(_BY_FUNCTION, model.resamples.counts.shape[1])):
            if deadline.passed():
                break
            values.append(model.score_one(metric, number))
        return np.array(values)
