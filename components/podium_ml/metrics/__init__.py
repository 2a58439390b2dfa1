"""The metrics, found by walking this folder; their names follow scikit-learn."""

from podium_ml.metrics._decisions import Threshold, decide_labels, decide_sets
from podium_ml.metrics._metric import SET_TASKS, Metric, Parts
from podium_ml.metrics._resolve import default_metric, metrics_for, problem_metric, resolve_metric
from podium_ml.registries.folder_registry import Registry

METRICS: Registry[Metric] = Registry(__name__, Metric, noun="metric", part="metrics")

__all__ = [
    "METRICS",
    "SET_TASKS",
    "Metric",
    "Parts",
    "Threshold",
    "decide_labels",
    "decide_sets",
    "default_metric",
    "metrics_for",
    "problem_metric",
    "resolve_metric",
]
