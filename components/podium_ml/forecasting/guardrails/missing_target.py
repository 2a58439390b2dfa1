"""Rows without a value of the target."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count rows without a value within the histories; those of the future are the plan."""
    if not context.unlabelled:
        return guardrail.passed("No value of the target is missing.")
    return guardrail.fixed(
        f"{context.unlabelled:,} rows have no value of '{context.settings.target}'.",
        "They count as times without a row; they are never scored.",
        columns=[context.settings.target],
    )


SPEC = Guardrail("missing_target", "Missing target", "values", 10, check)
