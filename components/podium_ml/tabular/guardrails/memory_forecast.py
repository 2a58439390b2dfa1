"""Whether training fits into memory."""

from pathlib import Path

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context

# Memory for features, encodings of all folds and two branches at once, as a multiple of the table.
_FACTOR = 12
_LIBRARIES = 600 * 2**20
_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare a forecast with the available memory, or with the user's limit."""
    needed = _LIBRARIES + _FACTOR * int(context.table.memory_usage(deep=True).sum())
    available = context.settings.max_memory_bytes or _available()
    seen = f"Training may need about {needed / 2**30:.2g} GiB; {available / 2**30:.2g} GiB are available."
    if needed <= available:
        return guardrail.passed(seen)
    return guardrail.alert(
        seen, "Branches that need too much will be stopped and marked as failed; the run continues."
    )


def _available() -> int:
    """Return the free memory of the machine, or the container's limit if that is lower, in bytes."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        return min(free, int(_CONTAINER_LIMIT.read_text()))
    except (OSError, ValueError):  # no such limit, or "max"
        return free


SPEC = Guardrail("memory_forecast", "Memory", "table", 130, check)
