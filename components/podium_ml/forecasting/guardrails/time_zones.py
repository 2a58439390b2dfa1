"""Times of several time zones."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report offsets from UTC that the clock changes of no zone explain."""
    form = context.panel.format
    if form.kind != "zoned":
        return guardrail.passed("Times have no time zone.")
    if form.doubt:
        return guardrail.alert(form.doubt, "They were taken as instants, and forecasts are written in UTC.")
    return guardrail.passed(f"All times are in one zone: {form.zone or 'UTC'}.")


SPEC = Guardrail("time_zones", "Time zones", "times", 20, check)
