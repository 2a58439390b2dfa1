"""How many texts there are, and how many were left out."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count texts and tokens."""
    train, count = context.train, len(context.train.texts)
    spans = sum(train.types.values())
    seen = f"{count:,} texts to learn from, with {context.cut.tokens:,} tokens and {spans:,} spans; " + (
        f"{len(context.test.texts):,} set aside for the test."
    )
    reasons = []
    if train.unlabelled:
        reasons.append(
            f"{train.unlabelled:,} texts that nobody looked at, or whose annotation was cancelled, were left out."
        )
    if train.empty:
        reasons.append(f"{train.empty:,} empty texts were left out.")
    return guardrail.fixed(seen, " ".join(reasons)) if reasons else guardrail.passed(seen)


SPEC = Guardrail("texts", "Texts", "texts", 10, check)
