"""The metrics: found by walking this folder; names are those that scikit-learn users know."""

from podium_ml.metrics._metric import Metric
from podium_ml.metrics._resolve import default_metric, metrics_for, resolve_metric
from podium_ml.registries.folder_registry import Registry

METRICS: Registry[Metric] = Registry(__name__, Metric, noun="metric")

__all__ = ["METRICS", "Metric", "default_metric", "metrics_for", "resolve_metric"]
