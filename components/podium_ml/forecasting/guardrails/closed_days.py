"""Series that are closed on days on which others are open."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.panel.calendars._calendar import WEEKDAYS
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.values.listed import listed


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report series that never have a row on some days of the week; rows of 0 were added there."""
    closed = np.flatnonzero(context.closed.any(axis=1))
    if not len(closed):
        return guardrail.passed("No series is closed on days on which others are open.")
    details = (
        {"series": context.panel.ids.name(int(code)), "closed": _days(context, code)} for code in closed[:20]
    )
    return guardrail.fixed(
        f"Never open on {_days(context, closed[0])}, unlike others: {context.named(closed)}."
        if len({_days(context, code) for code in closed[:20]}) == 1
        else f"Never open on some days of the week, unlike others: {context.named(closed)}.",
        "Their closed days count as 0, and are forecast near 0.",
        details=details,
    )


def _days(context: Context, code: int) -> str:
    return listed([day for day, closed in zip(WEEKDAYS, context.closed[code], strict=True) if closed])


SPEC = Guardrail("closed_days", "Closed days", "times", 45, check)
