"""Whether there are enough rows for training."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context

_FEW = 200
_FEW_PER_COLUMN = 5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare the number of rows with the number of columns."""
    rows, columns = len(context.table), len(context.features)
    seen = f"There are {rows} rows and {columns} feature columns."
    if rows < _FEW:
        return guardrail.alert(
            f"{seen} With fewer than {_FEW} rows, scores are uncertain.",
            "Look at the intervals of the scores.",
        )
    if rows < _FEW_PER_COLUMN * columns:
        return guardrail.alert(
            f"{seen} With so many columns for so few rows, models may find patterns by chance."
        )
    return guardrail.passed(seen)


SPEC = Guardrail("few_rows", "Number of rows", "table", 120, check)
