"""Several days in every month."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import (
    DAY,
    Calendar,
    at_time,
    month_days,
    months_of,
    ticks_of,
)
from podium_ml.forecasting.panel.stamps import Moments
from podium_ml.values.listed import listed


@dataclass(frozen=True)
class MonthDaysCalendar(Calendar):
    """Several days in every month, such as the 1st and the 15th; a moment belongs to the stamp before it.

    Attributes:
        days: Days of the month, in order; 31 for its end.
        time: Microseconds of the day at which the stamps are.
    """

    days: tuple[int, ...]
    time: int = 0
    kind: ClassVar[str] = "month_days"

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        days = ticks_of(moments) // DAY
        months = months_of(days)
        first, length = month_days(months)
        place = np.zeros(len(days), dtype=np.int64)
        for day in self.days:
            place += days - first + 1 >= np.minimum(day, length)
        return months * len(self.days) + place - 1

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        months, place = np.divmod(np.asarray(steps, dtype=np.int64), len(self.days))
        first, length = month_days(months)
        return at_time(first + np.minimum(np.array(self.days)[place], length) - 1, self.time)

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        names = ["the end" if day == 31 else f"day {day}" for day in self.days]
        return f"{len(self.days)} days a month: {listed(names)}"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return 12.0 * len(self.days), float(len(self.days))
