"""The mean distance between targets and predictions."""

import numpy as np

from podium_ml.metrics import Metric


def _distance(y_true, predicted, sample_weight) -> float:
    return float(np.average(np.abs(y_true - predicted), weights=sample_weight))


TASKS = frozenset({"constant"})
SPEC = Metric(
    "distance", "Distance", TASKS, "value", False, _distance, "Mean distance.", best=0.0, default_for=TASKS
)
