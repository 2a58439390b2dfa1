"""Metrics that are shares of rows, whose intervals need no resamples."""

import numpy as np

from podium_ml.metrics import Metric, Threshold, decide_labels, decide_sets

# Shares of all rows, if each row has one label. The recall of each class, weighted by its size, is the accuracy.
_OF_ALL = frozenset({"accuracy", "recall_micro", "precision_micro", "f1_micro", "recall_weighted"})
_OF_POSITIVES, _OF_PREDICTED, _OF_SETS = "recall", "precision", "subset_accuracy"


def count_share(
    metric: Metric, y: np.ndarray, raw: np.ndarray, threshold: Threshold
) -> tuple[int, int] | None:
    """Return the rows that count, and out of how many; ``None`` if the metric is no share of rows.

    Args:
        metric: The metric.
        y: Class codes or sets of labels, shape ``(n,)`` or ``(n, L)``.
        raw: Raw predictions, shape ``(n, K)``.
        threshold: Decision threshold, or ``None``.
    """
    if metric.of_sets:
        if metric.name != _OF_SETS:
            return None
        return int((decide_sets(raw, threshold) == y).all(axis=1).sum()), len(y)
    if metric.name in _OF_ALL:
        return int((decide_labels(raw, threshold) == y).sum()), len(y)
    if metric.name in (_OF_POSITIVES, _OF_PREDICTED):
        predicted, positive = decide_labels(raw, threshold) == 1, y == 1
        rows = positive if metric.name == _OF_POSITIVES else predicted
        return int((predicted & positive).sum()), int(rows.sum())
    return None
