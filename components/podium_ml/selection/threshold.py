"""The probability from which the positive class is predicted."""

import numpy as np

from podium_ml.metrics import Metric
from podium_ml.validation.folds import Folds

_STEPS = 99


def choose_threshold(
    raw: np.ndarray, y: np.ndarray, *, metric: Metric, folds: Folds, weight: np.ndarray | None = None
) -> tuple[float | None, float]:
    """Choose the threshold that serves the metric best, if it helps rows that it was not chosen on.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, 2)``.
        y: Class codes, shape ``(n,)``.
        metric: What to serve.
        folds: Splits for cross-fitting.
        weight: Sample weights, or ``None``.

    Returns:
        The threshold or ``None``, and the cross-fitted score.
    """
    labels = np.empty((len(y), 2))
    for train, valid in folds:
        best = _best(raw[train], y[train], metric, None if weight is None else weight[train])
        positive = raw[valid, 1] >= best
        labels[valid, 0], labels[valid, 1] = ~positive, positive
    plain, tuned = metric.score(y, raw, weight), metric.score(y, labels, weight)
    if metric.utility(tuned) <= metric.utility(plain):
        return None, plain
    return _best(raw, y, metric, weight), tuned


def _best(raw: np.ndarray, y: np.ndarray, metric: Metric, weight: np.ndarray | None) -> float:
    grid = np.unique(np.quantile(raw[:, 1], np.linspace(0.005, 0.995, _STEPS)))
    utilities = [metric.utility(metric.score(y, raw, weight, threshold=float(t))) for t in grid]
    # The middle of the best stretch is steadier than its edge.
    best = np.flatnonzero(np.isclose(utilities, np.max(utilities)))
    return float(grid[best[len(best) // 2]])
