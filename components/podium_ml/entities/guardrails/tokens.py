"""What tokens are, and spans that do not begin or end with one."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

_WORDS = {
    "words": "Tokens are words, numbers and single other characters.",
    "blanks": "Tokens are what stands between blanks, because spans end with marks such as commas.",
    "characters": "Tokens are single characters, because spans begin or end inside of words.",
}


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say how texts are split."""
    seen = _WORDS[context.level]
    if not context.cut.widened:
        return guardrail.passed(seen)
    return guardrail.fixed(
        f"{seen} {context.cut.widened:,} spans begin or end inside of a token.",
        "They are learned as whole tokens.",
    )


SPEC = Guardrail("tokens", "Tokens", "texts", 20, check)
