"""Some days of each week."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import (
    DAY,
    WEEKDAYS,
    Calendar,
    at_time,
    ticks_of,
)
from podium_ml.forecasting.panel.stamps import Moments
from podium_ml.values.listed import listed

_BUSINESS_DAYS = (0, 1, 2, 3, 4)
# A Monday, in days since 1970.
_MONDAY = 4


def days_title(days: tuple[int, ...]) -> str:
    """Return what users call some days of the week, 0 for Monday."""
    if days == _BUSINESS_DAYS:
        return "business days"
    closed = [WEEKDAYS[day] for day in range(7) if day not in days]
    if not closed:
        return "days"
    return f"days except {listed(closed)}" if len(closed) < 4 else listed([WEEKDAYS[day] for day in days])


@dataclass(frozen=True)
class WeekdayCalendar(Calendar):
    """Some days of each week, such as business days.

    Attributes:
        days: The weekdays, 0 for Monday.
        time: Microseconds of the day at which the stamps are.
        periods: Whether all moments of a day belong to its stamp, rather than those nearest to it.
    """

    days: tuple[int, ...]
    time: int = 0
    periods: bool = False
    kind: ClassVar[str] = "weekdays"

    @cached_property
    def _open(self) -> np.ndarray:
        """Booleans by weekday."""
        return np.isin(np.arange(7), self.days)

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``; other days count as the next one that belongs to the calendar."""
        weeks, weekdays = np.divmod(self._days(moments) - _MONDAY, 7)
        before = np.cumsum(self._open) - self._open
        return weeks * len(self.days) + before[weekdays]

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        weeks, place = np.divmod(np.asarray(steps, dtype=np.int64), len(self.days))
        return at_time(7 * weeks + _MONDAY + np.array(self.days)[place], self.time)

    def covers(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        return self._open[(self._days(moments) - _MONDAY) % 7]

    def _days(self, moments: Moments) -> np.ndarray:
        return (ticks_of(moments) - (0 if self.periods else self.time - DAY // 2)) // DAY

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        return days_title(self.days)

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return float(len(self.days)), 365.25 * len(self.days) / 7
