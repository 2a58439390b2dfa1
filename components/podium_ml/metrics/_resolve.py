"""From what a user types to a metric."""

import importlib
import inspect
from typing import Any

import numpy as np

from podium_ml.errors import RegistryError, SettingsError
from podium_ml.metrics._metric import Metric
from podium_ml.metrics._quiet import quiet

_DEFAULTS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
# Names of scikit-learn's scorers, and of Azure's metrics, for those who come from there.
_ALIASES = {
    "neg_log_loss": "log_loss",
    "neg_brier_score": "brier",
    "brier_score": "brier",
    "neg_root_mean_squared_error": "rmse",
    "root_mean_squared_error": "rmse",
    "neg_mean_absolute_error": "mae",
    "mean_absolute_error": "mae",
    "neg_median_absolute_error": "median_absolute_error",
    "neg_mean_absolute_percentage_error": "mape",
    "mean_absolute_percentage_error": "mape",
    "neg_root_mean_squared_log_error": "rmsle",
    "normalized_root_mean_squared_error": "nrmse",
    "normalized_mean_absolute_error": "nmae",
    "spearman_correlation": "spearman",
    "r2_score": "r2",
    "roc_auc_ovr": "roc_auc_macro",
    "roc_auc_ovr_weighted": "roc_auc_weighted",
    "AUC_weighted": "roc_auc_weighted",
    "matthews_corrcoef": "mcc",
}


def default_metric(task: str) -> str:
    """Return the metric that fits a task where the user names none."""
    return _DEFAULTS[task]


def metrics_for(task: str) -> list[Metric]:
    """Return the metrics that are defined for a task, the default first."""
    from podium_ml.metrics import METRICS

    known = [metric for metric in METRICS.values() if task in metric.tasks]
    return sorted(known, key=lambda metric: metric.name != default_metric(task))


def resolve_metric(name: str, task: str) -> Metric:
    """Return the metric that a user means.

    Args:
        name: A name in the registry or one of scikit-learn's, ``"auto"``, or ``package.module:function`` of the
            user's own ``function(y_true, y_pred)``. Attributes of the function may say ``greater_is_better`` (default
            true), ``needs`` (``"label"``, ``"probability"`` or ``"value"``) and ``best``.
        task: Kind of problem.

    Raises:
        SettingsError: There is no such metric, or it is not for this task.
    """
    from podium_ml.metrics import METRICS

    if ":" in name:
        return _imported(name, task)
    name = default_metric(task) if name in ("", "auto") else _ALIASES.get(name, name)
    try:
        metric = METRICS[name]
    except RegistryError as error:
        raise SettingsError(error.message, error.hint) from None
    if task not in metric.tasks:
        fitting = ", ".join(one.name for one in metrics_for(task))
        raise SettingsError(f"The metric '{name}' is not for {task} problems.", f"Choose among {fitting}.")
    return metric


def _imported(path: str, task: str) -> Metric:
    module, _, attribute = path.partition(":")
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"Cannot import the metric '{path}': {error}.", "Is its module on PYTHONPATH?"
        ) from error
    if not callable(function):
        raise SettingsError(f"The metric '{path}' is no function.", "Name a function(y_true, y_pred).")
    needs: Any = getattr(function, "needs", "value" if task == "regression" else "label")
    return Metric(
        name=path,
        title=attribute,
        tasks=frozenset({task}),
        needs=needs,
        greater_is_better=getattr(function, "greater_is_better", True),
        function=_adapt(function),
        description=(inspect.getdoc(function) or "The user's own metric.").splitlines()[0],
        best=getattr(function, "best", 1.0),
        tunes_threshold=needs == "label" and task == "binary",
    )


def _adapt(function: Any) -> Any:
    weighted = "sample_weight" in inspect.signature(function).parameters

    @quiet
    def adapted(y_true: np.ndarray, prediction: np.ndarray, sample_weight: np.ndarray | None) -> float:
        if weighted and sample_weight is not None:
            return function(y_true, prediction, sample_weight=sample_weight)
        return function(y_true, prediction)

    return adapted
