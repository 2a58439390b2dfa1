"""Texts that are too long to be read at once."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count texts that were cut into parts."""
    if not context.cut.long:
        return guardrail.passed(f"The longest text has {context.cut.longest:,} tokens; all are read whole.")
    return guardrail.fixed(
        f"{context.cut.long:,} texts are longer than {context.cut.longest:,} tokens.",
        "They are read in parts, cut at line breaks or ends of sentences, never inside of a span that fits.",
    )


SPEC = Guardrail("long_texts", "Long texts", "texts", 30, check)
