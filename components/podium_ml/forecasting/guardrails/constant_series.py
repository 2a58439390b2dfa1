"""Series whose value never changes."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report series of at least two rows with a single value."""
    lowest = context.by_series(np.minimum, context.values)
    highest = context.by_series(np.maximum, context.values)
    constant = np.flatnonzero((lowest == highest) & (context.panel.lengths > 1))
    if not len(constant):
        return guardrail.passed("Every series varies.")
    details = (
        {"series": context.panel.ids.name(int(code)), "value": float(lowest[code])} for code in constant[:20]
    )
    return guardrail.alert(
        f"A constant value: {context.named(constant)}.",
        "They are forecast by it; their errors are scaled by the value.",
        details=details,
    )


SPEC = Guardrail("constant_series", "Constant series", "values", 20, check)
