"""Series that are mostly zero."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

# Mean number of steps from one demand to the next from which on demand is intermittent (Syntetos, Boylan and Croston
# 2005), and the fewest demands that tell.
_INTERVAL, _FEWEST = 1.32, 2


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report series without negative values in which many steps are zero."""
    panel, demands = context.panel, context.by_series(np.add, (context.values > 0).astype(np.int64))
    steps = panel.lengths
    if context.settings.fill == "zero":
        steps = panel.last_steps - panel.first_steps + 1
    lowest = context.by_series(np.minimum, context.values)
    rare = np.flatnonzero((lowest >= 0) & (demands >= _FEWEST) & (steps >= _INTERVAL * demands))
    if not len(rare):
        return guardrail.passed("No series is mostly zero.")
    details = (
        {"series": panel.ids.name(int(code)), "zero": f"{1 - demands[code] / steps[code]:.0%}"}
        for code in rare[:20]
    )
    return guardrail.alert(
        f"Many values are zero: {context.named(rare)}.",
        "Relative errors such as MAPE say little about them; MASE, WAPE and WQL do.",
        details=details,
    )


SPEC = Guardrail("intermittent_series", "Intermittent series", "values", 30, check)
