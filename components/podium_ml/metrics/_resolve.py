"""Resolution of the metric names that users type."""

import difflib

from podium_ml.contracts import Problem
from podium_ml.errors import RegistryError, SettingsError
from podium_ml.metrics._imported import imported_metric
from podium_ml.metrics._metric import Metric

# Names of scikit-learn's scorers and functions, and of Azure's and AutoGluon's metrics, for users who know those tools.
_ALIASES = {
    "auc": "roc_auc",
    "auc_macro": "roc_auc_macro",
    "auc_weighted": "roc_auc_weighted",
    "roc_auc_score": "roc_auc",
    "roc_auc_ovr": "roc_auc_macro",
    "roc_auc_ovr_weighted": "roc_auc_weighted",
    "average_precision_score": "average_precision",
    "average_precision_score_macro": "average_precision_macro",
    "average_precision_score_weighted": "average_precision_weighted",
    "neg_log_loss": "log_loss",
    "cross_entropy": "log_loss",
    "logloss": "log_loss",
    "neg_brier_score": "brier",
    "brier_score": "brier",
    "brier_score_loss": "brier",
    "accuracy_score": "accuracy",
    "balanced_accuracy_score": "balanced_accuracy",
    "f1_score": "f1",
    "f1_score_macro": "f1_macro",
    "f1_score_micro": "f1_micro",
    "f1_score_weighted": "f1_weighted",
    "precision_score": "precision",
    "precision_score_weighted": "precision_weighted",
    "recall_score": "recall",
    "matthews_corrcoef": "mcc",
    "matthews_correlation": "mcc",
    "kappa": "cohen_kappa",
    "cohen_kappa_score": "cohen_kappa",
    "cohen_kappa_quadratic": "quadratic_kappa",
    "quadratic_weighted_kappa": "quadratic_kappa",
    "neg_root_mean_squared_error": "rmse",
    # Its root orders models alike.
    "mse": "rmse",
    "mean_squared_error": "rmse",
    "neg_mean_squared_error": "rmse",
    "root_mean_squared_error": "rmse",
    "neg_mean_absolute_error": "mae",
    "mean_absolute_error": "mae",
    "neg_median_absolute_error": "median_absolute_error",
    "neg_mean_absolute_percentage_error": "mape",
    "mean_absolute_percentage_error": "mape",
    "neg_root_mean_squared_log_error": "rmsle",
    "root_mean_squared_log_error": "rmsle",
    "normalized_root_mean_squared_error": "nrmse",
    "normalized_mean_absolute_error": "nmae",
    "spearman_correlation": "spearman",
    "mean_absolute_scaled_error": "mase",
    "root_mean_squared_scaled_error": "rmsse",
    "symmetric_mean_absolute_percentage_error": "smape",
    "weighted_absolute_percentage_error": "wape",
    "weighted_quantile_loss": "wql",
    "mean_wquantileloss": "wql",
    "scaled_quantile_loss": "sql",
    "r2_score": "r2",
    "explained_variance_score": "explained_variance",
    "mean_error": "bias",
    "pinball_loss": "quantile_loss",
    "mean_pinball_loss": "quantile_loss",
    "label_ranking_average_precision": "lrap",
    "label_ranking_average_precision_score": "lrap",
    "jaccard": "jaccard_samples",
    "jaccard_score": "jaccard_samples",
    "hamming": "hamming_loss",
    "exact_match": "subset_accuracy",
    "miou": "mean_iou",
}


def default_metric(task: str) -> str:
    """Return the name of the metric that a task uses by default."""
    from podium_ml.metrics import METRICS

    return next(metric.name for metric in METRICS.values() if task in metric.default_for)


def problem_metric(problem: Problem) -> Metric:
    """Return the metric that the models of a problem are compared by."""
    return resolve_metric(problem.metric, problem.task).over(problem.target_range)


def metrics_for(task: str) -> list[Metric]:
    """Return the metrics that are defined for a task, the default first."""
    from podium_ml.metrics import METRICS

    known = [metric.for_task(task) for metric in METRICS.values() if task in metric.tasks]
    return sorted(known, key=lambda metric: metric.name != default_metric(task))


def resolve_metric(name: str, task: str) -> Metric:
    """Return the metric that a user means.

    Args:
        name: A name in the registry or one of scikit-learn's, Azure's or AutoGluon's, in any case; ``"auto"``; or
            ``package.module:function`` for a user-defined metric, see ``imported_metric``.
        task: ``"binary"``, ``"multiclass"`` or ``"regression"``.

    Raises:
        SettingsError: There is no such metric, or it does not apply to this task.
    """
    from podium_ml.metrics import METRICS

    name = name.strip()
    if ":" in name:
        return imported_metric(name, task)
    wanted = name.lower()
    wanted = default_metric(task) if wanted in ("", "auto") else _meant(wanted)
    try:
        metric = METRICS[wanted]
    except RegistryError as error:
        own = "To use your own function, give 'package.module:function'."
        raise SettingsError(error.message, f"{error.hint} {own}") from None
    if not metric.comparable:
        raise SettingsError(
            f"Models cannot be compared by '{name}', because errors in both directions cancel.",
            _fitting(wanted, task),
        )
    if task not in metric.tasks:
        advice = _fitting(wanted, task)
        if "regression" in metric.tasks and task in ("binary", "multiclass"):
            advice += " To predict numbers, set the task to regression."
        raise SettingsError(f"The metric '{name}' is not for {task} problems.", advice)
    return metric.for_task(task)


def _meant(name: str) -> str:
    """Return the name in the registry of a name in lower case, which may lack its underscores, as in camel case."""
    from podium_ml.metrics import METRICS

    if name in _ALIASES or name in METRICS:
        return _ALIASES.get(name, name)
    joined = {
        one.replace("_", ""): meant for one, meant in (*zip(METRICS, METRICS, strict=True), *_ALIASES.items())
    }
    return joined.get(name.replace("_", ""), name)


def _fitting(name: str, task: str) -> str:
    """Suggest the metrics of a task, those with a similar name first."""
    known = [metric.name for metric in metrics_for(task) if metric.comparable]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.7)
    return f"Choose one of {', '.join(dict.fromkeys([*near, *known]))}."
