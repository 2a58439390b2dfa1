"""Checks that the metric is defined for every value of the target."""

import pandas as pd

from podium_ml.errors import SettingsError
from podium_ml.metrics import METRICS, Metric
from podium_ml.values.numbers import target_numbers

# What to suggest instead, if it is defined: relative errors first.
_OTHERS = ("rmsle", "mae", "rmse")


def check_metric(metric: Metric, target: pd.Series, *, where: str = "") -> None:
    """Refuse a metric that is undefined for some values of a numeric target.

    Args:
        metric: The metric that models are compared by.
        target: The target; missing values do not count.
        where: The data in messages, e.g. ``" of the test data"``; empty for the training data.

    Raises:
        SettingsError: The message names a row, and metrics that are defined.
    """
    numbers = target_numbers(target)
    wrong = metric.rejects(numbers)
    if not wrong.any():
        return
    why = "the metric divides by it" if metric.nonzero else "it has no logarithm"
    row, count = int(wrong.argmax()), int(wrong.sum())
    rows = "1 row" if count == 1 else f"{count} rows"
    raise SettingsError(
        f"metric: {metric.title} is undefined for {rows} of {len(target)}{where}: the target"
        f" '{target.name}' is {numbers[row]:.6g} in row {row + 1}, and {why}.",
        f"Choose another metric: {' or '.join(n for n in _OTHERS if not METRICS[n].rejects(numbers).any())}.",
    )
