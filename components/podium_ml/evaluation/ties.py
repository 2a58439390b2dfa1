"""Which models are as good as the best one, as far as the rows can tell."""

import math
from collections.abc import Mapping

import numpy as np

from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.evaluation.errors import row_errors
from podium_ml.evaluation.intervals import LEVEL
from podium_ml.metrics import Metric
from podium_ml.run.budget import Deadline


def tied_with_best(
    answers: Mapping[str, Answer],
    targets: Targets,
    metric: Metric,
    *,
    seed: int = 0,
    deadline: Deadline | None = None,
    level: float = LEVEL,
) -> tuple[str, ...]:
    """Return the best model and those that differ from it by less than noise, the best first.

    All models are compared on the same resamples of the rows that every model has predicted (paired bootstrap). A
    model is tied if the interval of its difference from the best one contains 0. A model without an interval, because
    there are too few rows or there is no time, is not tied.

    Args:
        answers: Predictions of each model by name, such as out-of-fold predictions, with NaN for rows without any.
        targets: Targets of the rows, with their weights, groups and times.
        metric: The metric that models are compared by.
        seed: Seed of the resamples.
        deadline: When to stop.
        level: Probability that an interval covers the true difference; 0.68 is one standard error.

    Returns:
        Names, the best score first; empty without any model that has a score.
    """
    predicted = np.ones(len(targets.y), dtype=bool)
    for one in answers.values():
        predicted &= ~np.isnan(one.raw.reshape(len(predicted), -1)).any(axis=1)
    if not answers or not predicted.any():
        return ()
    rows = np.flatnonzero(predicted)
    known, shared = targets.of_rows(rows), {}
    for name, one in answers.items():
        answer = Answer(one.raw[rows], one.threshold)
        score = metric.score(known.y, answer.raw, known.weight, threshold=one.threshold)
        if math.isfinite(score):
            shared[name] = answer, metric.utility(score)
    if not shared:
        return ()
    best, *others = sorted(shared, key=lambda name: -shared[name][1])
    first = shared[best][0]
    bootstrap = Bootstrap(
        known, seed=seed, deadline=deadline or Deadline(), errors=row_errors(known.y, first.raw)
    )
    gains = {name: bootstrap.difference(metric, first, shared[name][0], level=level) for name in others}
    return (best, *(name for name, gain in gains.items() if gain.low is not None and gain.low <= 0))
