"""Whether the metric makes sense for the target's values."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.metrics import resolve_metric
from podium_ml.tabular.guardrails._guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.values.numbers import read_numbers

# Below this share of the median, a value counts as zero: the relative error of its row outweighs a thousand others.
_NEXT_TO_ZERO = 1e-3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Warn if a few rows decide the metric: relative errors near zero, or logarithms of negative values."""
    if context.target_type != "values":
        return guardrail.passed("Not checked: the target is categorical.")
    metric = resolve_metric(context.settings.metric, context.task)
    y = read_numbers(context.target)
    if metric.name == "mape":
        wrong = np.abs(y) <= _NEXT_TO_ZERO * np.median(np.abs(y))
        why = "is zero or next to it, and a relative error divides by it: these rows alone decide the MAPE"
    elif metric.name == "rmsle":
        wrong = y <= -1
        why = "is -1 or less and has no logarithm, so the RMSLE is undefined"
    else:
        return guardrail.passed(f"{metric.title} is defined for every value of the target.")
    if not wrong.any():
        return guardrail.passed(f"{metric.title} is defined for every value of the target.")
    other = "mae, or rmsle if relative errors matter" if y.min() > -1 and metric.name == "mape" else "mae"
    rows = "1 row" if wrong.sum() == 1 else f"{int(wrong.sum())} rows"
    return guardrail.alert(
        f"In {rows} of {len(y)}, the target {why}.",
        f"Models are compared by it all the same. Use another metric: {other}.",
        columns=[context.settings.target],
        details=({"row": int(row) + 1, "value": float(y[row])} for row in np.flatnonzero(wrong)),
    )


SPEC = Guardrail("metric_fit", "Metric and target", "table", 105, check)
