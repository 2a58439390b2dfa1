"""Regression metrics that reward the conditional median rather than the mean."""

from podium_ml.contracts import Problem

_MEDIAN_METRICS = frozenset(
    {"mae", "nmae", "mape", "mean_absolute_error", "median_absolute_error", "quantile_loss", "pinball"}
)


def prefers_median(problem: Problem) -> bool:
    """Return whether models should minimize the absolute error, because squared loss would predict the mean."""
    return problem.task == "regression" and problem.metric in _MEDIAN_METRICS
