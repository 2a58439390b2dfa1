"""One day in every month, quarter or year."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import (
    DAY,
    Calendar,
    at_time,
    every_months,
    month_days,
    months_of,
    ticks_of,
)
from podium_ml.forecasting.panel.stamps import Moments


@dataclass(frozen=True)
class MonthCalendar(Calendar):
    """One day in every month, quarter or year; all moments of a period belong to its stamp.

    Attributes:
        months: Months from one stamp to the next.
        origin: Months from January 1970 to some stamp.
        day: Day of the month, or the last one if the month is shorter; 31 for the end of the month.
        time: Microseconds of the day at which the stamps are.
    """

    months: int
    origin: int = 0
    day: int = 1
    time: int = 0
    kind: ClassVar[str] = "months"

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        return (months_of(ticks_of(moments) // DAY) - self.origin) // self.months

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        first, length = month_days(np.asarray(steps, dtype=np.int64) * self.months + self.origin)
        return at_time(first + np.minimum(self.day, length) - 1, self.time)

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        name = every_months(self.months)
        if self.months >= 12 or self.day == 1:
            return name
        return f"{name}, at the end of the month" if self.day == 31 else f"{name}, on day {self.day}"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return (12 / self.months,) if self.months < 12 else ()
