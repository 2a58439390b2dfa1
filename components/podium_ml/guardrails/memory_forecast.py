"""Whether training fits into memory."""

from podium_ml.contracts import GuardrailResult
from podium_ml.guardrails._guardrail import Guardrail
from podium_ml.validation.context import Context

# What features, encodings of all folds and two branches at once take, as a multiple of the table.
_FACTOR = 12
_LIBRARIES = 600 * 2**20


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare a forecast with the memory at hand, or with the user's limit."""
    import psutil

    needed = _LIBRARIES + _FACTOR * int(context.table.memory_usage(deep=True).sum())
    there = context.settings.max_memory_bytes or psutil.virtual_memory().available
    seen = f"Training may take about {needed / 2**30:.2g} GiB; there are {there / 2**30:.2g} GiB."
    if needed <= there:
        return guardrail.passed(seen)
    return guardrail.alert(
        seen, "Branches that need too much will be ended and marked failed; the run goes on."
    )


SPEC = Guardrail("memory_forecast", "Memory", "table", 130, check)
