"""The score that models are compared by."""

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.metrics import problem_metric
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.targets import predicted_rows, target_of


def decided_score(raw: np.ndarray, targets: Targets, *, problem: Problem) -> float:
    """Return the score of out-of-fold predictions with the decisions that serve the metric best, cross-fitted.

    At a threshold of one half, F1 and its like prefer bold models to better ones.

    Args:
        raw: Out-of-fold predictions; NaN for rows without any.
        targets: Targets of the same rows.
        problem: The problem.
    """
    metric, target, rows = problem_metric(problem), target_of(problem), predicted_rows(raw)
    known = targets.of_rows(rows)
    if not target.tunes(problem, metric):
        return metric.score(known.y, raw[rows], known.weight)
    folds = cross_fit_folds(problem, targets, rows)
    return target.decided_score(raw[rows], known, problem=problem, metric=metric, folds=folds)
