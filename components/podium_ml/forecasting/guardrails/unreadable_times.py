"""Rows without a time, and dates that could be read in two ways."""

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report rows without a time, which were left out, and doubts about day and month."""
    panel, column = context.panel, context.settings.time_column
    if panel.format.doubt and panel.format.kind != "zoned" and not panel.format.ignores_offsets:
        return guardrail.alert(
            f"Column '{column}': {panel.format.doubt}",
            "If that is wrong, write times as YYYY-MM-DD.",
            columns=[column],
        )
    if panel.untimed:
        return guardrail.fixed(
            f"{panel.untimed:,} rows have no time in column '{column}'.",
            "They were left out.",
            columns=[column],
        )
    return guardrail.passed("Every row has a time.")


SPEC = Guardrail("unreadable_times", "Unreadable times", "times", 10, check)
