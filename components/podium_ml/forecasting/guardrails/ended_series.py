"""Series that end before the others."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report series without a row in the last horizon of the others."""
    panel = context.panel
    last = panel.last_steps
    ended = np.flatnonzero(last <= last.max() - context.settings.horizon)
    if not len(ended):
        return guardrail.passed("All series go on to the end.")
    order = ended[np.argsort(last[ended], kind="stable")]
    details = (
        {"series": panel.ids.name(int(code)), "last row": context.stamp(int(last[code]))}
        for code in order[:20]
    )
    compared = "" if context.end is None else " Models are compared on the others."
    return guardrail.alert(
        f"No row in the last horizon of the others: {context.named(order)}.",
        f"Their forecasts begin where they end.{compared}",
        details=details,
    )


SPEC = Guardrail("ended_series", "Ended series", "series", 40, check)
