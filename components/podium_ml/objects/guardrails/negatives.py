"""Pictures without objects."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count the pictures without objects, and those that nobody looked at."""
    pictures = context.pictures
    seen = (
        f"{pictures.negatives} of {len(pictures.table)} pictures have no object, and are kept as negatives."
    )
    if pictures.unlabelled:
        return guardrail.alert(
            seen, f"{pictures.unlabelled} more have no annotation at all, and are left out."
        )
    return guardrail.passed(seen)


SPEC = Guardrail("negatives", "Pictures without objects", "objects", 40, check)
