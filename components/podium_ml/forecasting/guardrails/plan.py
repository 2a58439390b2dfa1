"""Rows of the future."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say how many future rows the data have, and whether one lacks a value that forecasts need."""
    if not context.planned:
        known = context.settings.known_columns
        return guardrail.passed(
            "The data have no rows of the future." if known else "No column is known in advance."
        )
    seen = f"{context.planned:,} rows after the last values are the plan of what to forecast."
    if context.plan_hole:
        return guardrail.alert(
            f"{seen} {context.plan_hole}", "Forecasts need it: fill it in, or give a plan with --future."
        )
    if context.keeps_plan:
        return guardrail.passed(seen)
    return guardrail.alert(
        f"{seen} They are too many to be kept with the model.", "Give them with --future when you forecast."
    )


SPEC = Guardrail("plan", "Plan", "series", 60, check)
