"""Some stamps of each week, such as the hours in which a shop is open."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import DAY, WEEK, Calendar, ticks_of
from podium_ml.forecasting.panel.calendars.even import EvenCalendar
from podium_ml.forecasting.panel.calendars.weekdays import days_title
from podium_ml.forecasting.panel.stamps import Moments
from podium_ml.values.listed import listed

# Microseconds from 1970 to a Monday.
_MONDAY = 4 * DAY
# So many times of the day are named one by one.
_FEW_TIMES = 4


@dataclass(frozen=True)
class OpeningHoursCalendar(Calendar):
    """Some stamps of each week.

    Attributes:
        step: Microseconds from one stamp to the next while it is open.
        slots: Microseconds from Monday, 0:00, to each stamp of the week, in order.
    """

    step: int
    slots: tuple[int, ...]
    kind: ClassVar[str] = "opening_hours"

    @cached_property
    def _slots(self) -> np.ndarray:
        return np.array(self.slots, dtype=np.int64)

    @cached_property
    def _borders(self) -> np.ndarray:
        """Moments of the week from which on the next stamp is nearer."""
        after = np.append(self._slots[1:], self._slots[0] + WEEK)
        return (self._slots + after) // 2

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        weeks, rest = np.divmod(ticks_of(moments) - _MONDAY, WEEK)
        return weeks * len(self.slots) + np.searchsorted(self._borders, rest, side="right")

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        weeks, place = np.divmod(np.asarray(steps, dtype=np.int64), len(self.slots))
        return (weeks * WEEK + _MONDAY + self._slots[place]).astype("M8[us]")

    def covers(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        return np.abs(ticks_of(moments) - ticks_of(self.moments(self.steps(moments)))) <= self.step // 2

    @property
    def _days(self) -> tuple[int, ...]:
        return tuple(int(one) for one in np.unique(self._slots // DAY))

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        times = np.unique(self._slots % DAY)
        shown = [str(one.astype("M8[us]"))[11:16] for one in times]
        first, last = shown[0], shown[-1]
        every = EvenCalendar(self.step).title
        days = days_title(self._days) if len(self._days) < 7 else "all days"
        if len(times) == 2 or (len(times) <= _FEW_TIMES and (np.diff(times) != self.step).any()):
            return f"{listed(shown)} on {days}"
        return f"{every}, {first} to {last} on {days}"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return len(self.slots) / len(self._days), float(len(self.slots))
