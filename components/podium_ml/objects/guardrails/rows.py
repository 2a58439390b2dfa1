"""Numbers of pictures."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.context import Context

_FEW, _FEW_TESTED = 200, 30


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Tell if there are few pictures."""
    seen = f"{len(context.train)} pictures to learn from, {len(context.test)} to test."
    if len(context.train) >= _FEW and len(context.test) >= _FEW_TESTED:
        return guardrail.passed(seen)
    return guardrail.alert(seen, "With so few, scores are uncertain. Look at their intervals.")


SPEC = Guardrail("rows", "Number of pictures", "objects", 80, check)
