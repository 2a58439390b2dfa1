"""Pictures that are the same, or nearly the same."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count pictures that are nearly the same as another; they share a fold."""
    copies = len(context.groups) - len(np.unique(context.groups))
    if context.left_out:
        return guardrail.fixed(
            f"{context.left_out} training pictures are nearly the same as test pictures.",
            "They are left out.",
        )
    if not copies:
        return guardrail.passed("No training picture is nearly the same as another.")
    return guardrail.fixed(
        f"{copies} of {len(context.groups)} training pictures are nearly the same as another.",
        "They stay together in the test and in the folds.",
    )


SPEC = Guardrail("copies", "Copies of pictures", "objects", 60, check)
