"""Times of several time zones."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report offsets from UTC that the clock changes of no zone explain."""
    form = context.panel.format
    if form.ignores_offsets:
        return guardrail.alert(
            form.doubt,
            "Each time was read as the day of its own zone, and forecasts are written without an offset.",
        )
    if form.kind != "zoned":
        return guardrail.passed("Times have no time zone.")
    if form.doubt:
        return guardrail.alert(
            form.doubt,
            "They were taken as instants: days and seasons are those of UTC, and forecasts are written in UTC. "
            "Write local times without an offset if each series should have the days of its own zone.",
        )
    return guardrail.passed(f"All times are in one zone: {form.zone or 'UTC'}.")


SPEC = Guardrail("time_zones", "Time zones", "times", 20, check)
