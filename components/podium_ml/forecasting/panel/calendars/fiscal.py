"""Months of whole weeks, as in fiscal calendars."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import (
    DAY,
    WEEKDAYS,
    Calendar,
    at_time,
    month_days,
    ticks_of,
    weekdays_of,
)
from podium_ml.forecasting.panel.stamps import Moments

# Years for which a calendar with years of 53 weeks is laid out.
_YEARS = np.arange(1500, 2700)
_1970 = int(1970 - _YEARS[0])


@dataclass(frozen=True)
class FiscalCalendar(Calendar):
    """Months of whole weeks, such as 4, 4 and 5 weeks in each quarter.

    Attributes:
        weeks: Weeks of each month, in turn; those of a whole year if some years have 53.
        origin: Days from 1970 to the stamp that begins the first of them.
        month: Month, 1 to 12, whose first day determines where a year begins; 0 if all years have 52 weeks.
        offset: The year begins on the weekday of ``origin`` in the seven days from so many days after that day on:
            -7 for the last such weekday before the month, -4 or -3 for the nearest one. The last month of the year
            gets the 53rd week.
    """

    weeks: tuple[int, ...]
    origin: int
    month: int = 0
    offset: int = 0
    kind: ClassVar[str] = "fiscal"

    @cached_property
    def _ends(self) -> np.ndarray:
        return 7 * np.cumsum((0, *self.weeks))

    @cached_property
    def _starts(self) -> np.ndarray:
        return year_starts(_YEARS, int(weekdays_of(np.array(self.origin))), self.month, self.offset)

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        days = ticks_of(moments) // DAY
        if self.month:
            years = np.searchsorted(self._starts, days, side="right") - 1
            rest = days - self._starts[years]
            years = years - _1970
        else:
            years, rest = np.divmod(days - self.origin, self._ends[-1])
        return years * len(self.weeks) + np.searchsorted(self._ends[1:-1], rest, side="right")

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        years, place = np.divmod(np.asarray(steps, dtype=np.int64), len(self.weeks))
        starts = self._starts[years + _1970] if self.month else self.origin + years * self._ends[-1]
        return at_time(starts + self._ends[place], 0)

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        weeks = self.weeks[:3] if self.weeks == self.weeks[:3] * 4 else self.weeks
        shown = f"{weeks[0]} weeks" if len(set(weeks)) == 1 else f"{'-'.join(map(str, weeks))} weeks"
        name = f"fiscal months of {shown}"
        day = WEEKDAYS[int(weekdays_of(np.array(self.origin)))]
        return f"{name}, on {day}" + (", some years with 53" if self.month else "")

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return (float(round(52 * len(self.weeks) / sum(self.weeks))),)


def year_starts(years: np.ndarray, weekday: int, month: int, offset: int) -> np.ndarray:
    """Return the days since 1970 on which fiscal years begin, one for each year; see ``FiscalCalendar``."""
    first, _ = month_days(12 * (years - 1970) + month - 1)
    earliest = first + offset
    return earliest + (weekday - weekdays_of(earliest)) % 7


def find_year_start(starts: np.ndarray) -> tuple[int, int] | None:
    """Return month and offset of the rule by which fiscal years begin; ``None`` if there is none.

    Args:
        starts: Days since 1970 on which years of the data begin, in order.
    """
    weekday = int(weekdays_of(starts[0]))
    near = (starts + 7).astype("M8[D]").astype("M8[M]").astype(np.int64)[0] % 12
    for month in ((near + shift) % 12 + 1 for shift in (0, -1, 1)):
        for offset in (-7, -4, -3, 0, -6, -5, -2, -1):
            years = starts.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
            for shift in (0, 1):
                if (year_starts(years + shift, weekday, month, offset) == starts).all():
                    return int(month), offset
    return None
