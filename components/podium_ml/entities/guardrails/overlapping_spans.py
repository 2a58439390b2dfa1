"""Spans that overlap with others."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count the spans that were left out."""
    count = context.train.overlapping
    if not count:
        return guardrail.passed("No two spans overlap.")
    return guardrail.fixed(
        f"{count:,} spans overlap with others, or say something else of the same tokens.",
        "The longest of each was kept, the first of equally long ones.",
    )


SPEC = Guardrail("overlapping_spans", "Overlapping spans", "spans", 20, check)
