"""Several rows of one series and time."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report rows that were left out as copies, or combined as the user asked, and stamps that are not complete."""
    panel = context.panel
    if panel.copies:
        return guardrail.fixed(f"{panel.copies:,} rows are copies of others.", "They were left out.")
    if panel.combined:
        how = {"sum": "sum", "mean": "mean", "min": "smallest value", "max": "largest value"}
        seen = f"{panel.combined:,} rows share series and time with another row."
        done = f"Their {how[context.settings.aggregate]} was taken."
        if not panel.unfinished:
            return guardrail.fixed(seen, done)
        stamps = " and ".join(panel.stamps(np.array(panel.unfinished)))
        return guardrail.alert(
            f"{seen} Rows of {stamps} seem to be missing.", f"{done} Leave out what is not complete."
        )
    return guardrail.passed("No series has two rows of one time.")


SPEC = Guardrail("duplicate_times", "Duplicate times", "times", 60, check)
