"""The horizon, compared with the histories."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

# A horizon beyond this part of the longest history leaves too little to compare models.
_LONG = 1 / 3
# Models learn from at least so many steps before.
_FEWEST_BEFORE = 3


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
            _advice(context, longest),
        )
    seen += f" and tested on the last {context.settings.test_windows * horizon:,}."
    if context.windows < context.settings.windows:
        return guardrail.alert(seen, f"The histories are too short for {context.settings.windows:,} windows.")
    if horizon > _LONG * longest:
        return guardrail.alert(
            f"{seen} The horizon is longer than a third of the longest history, {longest:,} rows.",
            "Few windows tell which model is best.",
        )
    return guardrail.passed(seen)


def _advice(context: Context, longest: int) -> str:
    """Say what leaves rows for a test."""
    settings = context.settings
    fitting = (longest - _FEWEST_BEFORE) // settings.horizon - 1
    if settings.test_windows > fitting >= 1:
        return f"--test-windows {fitting} leaves rows for one."
    if settings.gap:
        return "A smaller --gap or a shorter horizon leaves rows for one."
    shorter = max(1, (longest - _FEWEST_BEFORE) // 2)
    return f"A horizon of at most {shorter:,} step{'s' if shorter > 1 else ''} leaves rows for one."


SPEC = Guardrail("windows", "Windows", "series", 50, check)
