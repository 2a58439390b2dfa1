"""Texts whose characters were damaged when they were written in the wrong encoding."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.values.damaged_text import damage_in


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count texts with traces of damage."""
    damaged = [found for text in context.train.texts if (found := damage_in(text))]
    if not damaged:
        return guardrail.passed("No text shows traces of a wrong encoding.")
    return guardrail.alert(
        f"{len(damaged):,} texts show traces of a wrong encoding, such as {damaged[0]!r}.",
        "Write the data again as UTF-8; models learn the damaged characters.",
    )


SPEC = Guardrail("damaged_texts", "Damaged characters", "texts", 40, check)
