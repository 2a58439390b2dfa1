"""Whether the metric makes sense for the target's values."""

from collections.abc import Iterator

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.tabular.validation.context import Context
from podium_ml.values.labels import distinct_labels
from podium_ml.values.numbers import read_numbers

# Below this share of the median, a value counts as zero: the relative error of its row outweighs a thousand others.
_NEXT_TO_ZERO = 1e-3
# The metric that depends on the order of the classes.
_ORDERED = "quadratic_kappa"


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Warn if a few rows decide the metric, or if it takes the classes to be in an order that they may not have.

    Metrics that are undefined for some values have been refused before.
    """
    metric = resolve_metric(context.settings.metric, context.task)
    if metric.name == _ORDERED:
        return _check_order(context, guardrail)
    if not metric.nonzero:
        return guardrail.passed(f"{metric.title} is defined for every value of the target.")
    return _check_relative(context, guardrail, metric)


def _check_order(context: Context, guardrail: Guardrail) -> GuardrailResult:
    labels = distinct_labels(context.target)
    if not any(isinstance(label, str) for label in labels):
        return guardrail.passed("The classes are numbers, so their order is known.")
    return guardrail.alert(
        f"The metric takes the classes to be in this order: {name_list(map(str, labels), most=10)}.",
        "If that is not their order, give them numbers, or choose another metric, like cohen_kappa.",
        columns=[context.settings.target],
    )


def _check_relative(context: Context, guardrail: Guardrail, metric: Metric) -> GuardrailResult:
    y = read_numbers(context.target)
    wrong = np.abs(y) <= _NEXT_TO_ZERO * np.median(np.abs(y))
    if not wrong.any():
        return guardrail.passed(f"{metric.title} is defined for every value of the target.")
    rows = "1 row" if wrong.sum() == 1 else f"{int(wrong.sum())} rows"
    return guardrail.alert(
        f"In {rows} of {len(y)}, the target is next to zero, and a relative error divides by it: these rows alone"
        f" decide the {metric.title}.",
        f"Models are compared by it all the same. Use another metric: {', or '.join(_others(y))}.",
        columns=[context.settings.target],
        details=({"row": int(row) + 1, "value": float(y[row])} for row in np.flatnonzero(wrong)),
    )


def _others(y: np.ndarray) -> Iterator[str]:
    yield "mae"
    if y.min() > -1:
        yield "rmsle if relative errors matter"


SPEC = Guardrail("metric_fit", "Metric and target", "table", 105, check)
