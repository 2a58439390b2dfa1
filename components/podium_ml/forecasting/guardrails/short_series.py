"""Series with few rows."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report series that are shorter than two horizons; they are neither padded nor dropped."""
    panel, fewest = context.panel, 2 * context.settings.horizon
    short = np.flatnonzero(panel.lengths < fewest)
    if not len(short):
        return guardrail.passed(f"Every series has at least {fewest:,} rows, twice the horizon.")
    lengths = panel.lengths[short]
    seen = f"Fewer than {fewest:,} rows, twice the horizon: {context.named(short)}. The shortest has {lengths.min():,}."
    order = short[np.argsort(lengths, kind="stable")]
    details = ({"series": panel.ids.name(int(code)), "rows": int(panel.lengths[code])} for code in order[:20])
    done = "They are forecast too, with less certainty; most are not scored."
    return guardrail.alert(seen, done, details=details)


SPEC = Guardrail("short_series", "Short series", "series", 30, check)
