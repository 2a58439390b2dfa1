"""A weekday of every month: the last business day, or the third Friday."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import (
    DAY,
    WEEKDAYS,
    Calendar,
    at_time,
    every_months,
    month_days,
    months_of,
    ticks_of,
    weekdays_of,
)
from podium_ml.forecasting.panel.stamps import Moments

BUSINESS = -1
"""Stands for any day from Monday to Friday."""
_PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}


@dataclass(frozen=True)
class WeekdayOfMonthCalendar(Calendar):
    """A weekday of every month, quarter or year; all moments of a period belong to its stamp.

    Attributes:
        months: Months from one stamp to the next.
        origin: Months from January 1970 to some stamp.
        weekday: The weekday, 0 for Monday; ``BUSINESS`` for any from Monday to Friday.
        place: Which of them, from 1; -1 for the last one.
        time: Microseconds of the day at which the stamps are.
    """

    months: int
    origin: int
    weekday: int
    place: int
    time: int = 0
    kind: ClassVar[str] = "weekday_of_month"

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        return (months_of(ticks_of(moments) // DAY) - self.origin) // self.months

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        months = np.asarray(steps, dtype=np.int64) * self.months + self.origin
        return at_time(weekday_of_months(months, self.weekday, self.place), self.time)

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        day = "business day" if self.weekday == BUSINESS else WEEKDAYS[self.weekday]
        return f"{every_months(self.months)}, on the {_PLACES[self.place]} {day}"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return (12 / self.months,) if self.months < 12 else ()


def weekday_of_months(months: np.ndarray, weekday: int, place: int) -> np.ndarray:
    """Return a weekday of each month, as days since 1970.

    Args:
        months: Months since January 1970.
        weekday: The weekday, 0 for Monday; ``BUSINESS`` for any from Monday to Friday.
        place: Which of them, from 1; -1 for the last one.
    """
    first, length = month_days(months)
    last = first + length - 1
    if weekday == BUSINESS:
        if place > 0:
            return first + np.array([0, 0, 0, 0, 0, 2, 1])[weekdays_of(first)]
        return last - np.array([0, 0, 0, 0, 0, 1, 2])[weekdays_of(last)]
    if place < 0:
        return last - (weekdays_of(last) - weekday) % 7
    return first + (weekday - weekdays_of(first)) % 7 + 7 * (place - 1)
