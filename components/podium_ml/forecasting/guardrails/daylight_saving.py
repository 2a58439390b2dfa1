"""Hours that are there twice, or not at all, because clocks were changed."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.forecasting.panel.calendars import DAY, EvenCalendar
from podium_ml.forecasting.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

_HOUR = DAY // 24
# Clocks are set forward at night, on these weekdays (0 for Monday) of these months.
_WEEKDAYS, _MONTHS = (3, 4, 5, 6), (2, 3, 4, 8, 9, 10, 11)
_MOST_NAMED = 3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report local times without a zone in which the clocks were changed."""
    back, forward = context.panel.clock_changes, _set_forward(context)
    if back:
        return guardrail.alert(
            f"Daylight saving: on {_days(back)} the clocks were set back, so that an hour is there twice.",
            "The values of this hour were averaged. Times with their offset from UTC avoid this.",
        )
    if forward:
        return guardrail.fixed(
            f"Daylight saving: on {_days(forward)} the clocks were set forward, so that an hour is missing.",
            "Forecasters fill it; it is never scored.",
        )
    return guardrail.passed("No hour is there twice, or missing, because of daylight saving.")


def _days(days: tuple[str, ...]) -> str:
    more = f" and {len(days) - _MOST_NAMED} more days" if len(days) > _MOST_NAMED else ""
    return ", ".join(days[:_MOST_NAMED]) + more


def _set_forward(context: Context) -> tuple[str, ...]:
    """Return the days on which exactly one hour of the night is missing in all series."""
    panel = context.panel
    calendar = panel.calendar
    if panel.format.kind != "moment" or not isinstance(calendar, EvenCalendar) or calendar.step > _HOUR:
        return ()
    steps = np.unique(panel.steps)
    before = steps[:-1][(np.diff(steps) - 1) * calendar.step == _HOUR]
    ticks = calendar.moments(before + 1).astype(np.int64)
    days, hours = ticks // DAY, ticks % DAY // _HOUR
    months = days.astype("M8[D]").astype("M8[M]").astype(np.int64) % 12 + 1
    right = (hours < 4) & np.isin((days + 3) % 7, _WEEKDAYS) & np.isin(months, _MONTHS)
    years = (steps[-1] - steps[0]) * calendar.step / (365 * DAY)
    return tuple(str(day) for day in days[right].astype("M8[D]")) if right.sum() <= years + 1 else ()


SPEC = Guardrail("daylight_saving", "Daylight saving", "times", 30, check)
