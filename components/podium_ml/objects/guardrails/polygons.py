"""Polygons without area."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.boxes import FEW_POINTS
from podium_ml.objects.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Tell which polygons have fewer than three points."""
    tally = context.pictures.tally
    if not tally.counts[FEW_POINTS]:
        return guardrail.passed("All polygons have an area.")
    return guardrail.fixed(
        f"{tally.sentence(FEW_POINTS)}.", "They are left out; objects keep their other parts and boxes."
    )


SPEC = Guardrail("polygons", "Polygons", "objects", 30, check)
