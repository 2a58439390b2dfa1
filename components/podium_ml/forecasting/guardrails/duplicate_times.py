"""Several rows of one series and time."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report rows that were left out as copies, or combined as the user asked; others were refused before."""
    panel = context.panel
    if panel.copies:
        return guardrail.fixed(f"{panel.copies:,} rows are copies of others.", "They were left out.")
    if panel.combined:
        how = {"sum": "sum", "mean": "mean", "min": "smallest value", "max": "largest value"}
        return guardrail.fixed(
            f"{panel.combined:,} rows share series and time with another row.",
            f"Their {how[context.settings.aggregate]} was taken.",
        )
    return guardrail.passed("No series has two rows of one time.")


SPEC = Guardrail("duplicate_times", "Duplicate times", "times", 60, check)
