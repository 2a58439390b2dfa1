"""The horizon, compared with the histories."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

# A horizon beyond this part of the longest history leaves too little to compare models.
_LONG = 1 / 3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say on which windows models are compared and tested, and whether the histories are long enough for that."""
    horizon, longest = context.settings.horizon, int(context.panel.lengths.max())
    steps = "1 step" if horizon == 1 else f"{horizon:,} steps"
    windows = "1 window" if context.windows == 1 else f"{context.windows} windows"
    counted = "" if context.end is not None else ", counted from the end of each series"
    seen = f"Models are compared on {windows} of {steps}{counted}"
    if not context.tested:
        return guardrail.alert(
            f"{seen}; the longest history, {longest:,} rows, is too short for a test.",
            f"A horizon of at most {max(1, (longest - 3) // 2):,} steps leaves rows for one.",
        )
    seen += f" and tested on the last {context.settings.test_windows * horizon:,}."
    if horizon > _LONG * longest:
        return guardrail.alert(
            f"{seen} The horizon is longer than a third of the longest history, {longest:,} rows.",
            "Few windows tell which model is best.",
        )
    return guardrail.passed(seen)


SPEC = Guardrail("windows", "Windows", "series", 50, check)
