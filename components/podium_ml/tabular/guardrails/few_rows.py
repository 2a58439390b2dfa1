"""Whether there are enough rows to learn from."""

from podium_ml.contracts import GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail
from podium_ml.tabular.validation.context import Context

_FEW = 200
_FEW_PER_COLUMN = 5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare rows with columns."""
    rows, columns = len(context.table), len(context.features)
    seen = f"{rows} rows and {columns} columns to learn from."
    if rows < _FEW:
        return guardrail.alert(
            f"{seen} With fewer than {_FEW} rows, scores are unsure.", "Look at the intervals."
        )
    if rows < _FEW_PER_COLUMN * columns:
        return guardrail.alert(f"{seen} So many columns for so few rows invite chance findings.")
    return guardrail.passed(seen)


SPEC = Guardrail("few_rows", "Number of rows", "table", 120, check)
