"""A metric that divides by values that are zero."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.metrics import resolve_metric


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report values for which the metric is undefined or huge."""
    metric = resolve_metric(context.settings.metric, "forecasting")
    wrong = int(metric.rejects(context.values).sum())
    if not wrong:
        return guardrail.passed(f"{metric.title} is defined for all values.")
    rows = "1 value" if wrong == 1 else f"{wrong:,} values"
    return guardrail.alert(
        f"{metric.title} cannot judge {rows} of {len(context.values):,}, which decide the score.",
        "Choose mase, wape or rmsse instead.",
        columns=[context.settings.target],
    )


SPEC = Guardrail("metric_fit", "Fit of the metric", "values", 80, check)
