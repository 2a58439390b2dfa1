"""Values that may stand for missing ones, like -999."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.values.stand_ins import marks


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report repeated values of the target that look like codes and lie far from all others, or alone below zero."""
    found = context.stand_ins
    if not found:
        return guardrail.passed("No value looks like a code for a missing one, like -999.")
    shown = ", ".join(f"{code:.15g} in {rows:,} rows" for code, rows in found.items())
    return guardrail.alert(
        f"Values that may stand for missing ones: {shown}.",
        "They were kept as numbers, and spoil forecasts if they are none. If they mean that a value is missing, run "
        f"again with --missing-markers={marks({context.settings.target: found})} and all other words that mean it.",
        details=({"value": code, "rows": rows} for code, rows in found.items()),
    )


SPEC = Guardrail("stand_ins", "Stand-ins for missing values", "values", 35, check)
