"""What series there are."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say how many series there are, how long they are, and which time they cover."""
    panel = context.panel
    lengths, count = panel.lengths, len(panel.ids.labels)
    span = f"from {context.stamp(int(panel.steps.min()))} to {context.stamp(int(panel.steps.max()))}"
    if not panel.ids.columns:
        return guardrail.passed(f"One series of {len(panel.table):,} rows, {span}.")
    names = " and ".join(f"'{name}'" for name in panel.ids.columns)
    low, high = int(lengths.min()), int(lengths.max())
    each = f"{low:,} rows each" if low == high else f"{low:,} to {high:,} rows each"
    return guardrail.passed(f"{count:,} series by {names}, {len(panel.table):,} rows ({each}), {span}.")


SPEC = Guardrail("series", "Series", "series", 10, check)
