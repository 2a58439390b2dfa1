"""Calendars: the stamps that series can have, counted in whole steps."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from podium_ml.forecasting.panel.stamps import Moments

DAY = 86_400_000_000
"""Microseconds of a day."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = (
    (7 * DAY, "week"),
    (DAY, "day"),
    (3_600_000_000, "hour"),
    (60_000_000, "minute"),
    (1_000_000, "second"),
)


class Calendar(ABC):
    """The stamps that series can have, and their steps: whole numbers in the order of time.

    Attributes:
        kind: Name in files.
    """

    kind: ClassVar[str]

    @abstractmethod
    def steps(self, moments: Moments) -> np.ndarray:
        """Return the step nearest to each moment, int64, shape ``(n,)``. No moment may be missing."""

    @abstractmethod
    def moments(self, steps: np.ndarray) -> Moments:
        """Return the stamp of each step, ``datetime64[us]``, shape ``(n,)``."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What users call the frequency, such as ``business days``."""

    @property
    @abstractmethod
    def seasons(self) -> tuple[float, ...]:
        """Steps of the seasons that may matter, the most usual first; empty for none."""

    def to_dict(self) -> dict[str, Any]:
        """Return the calendar for a file; see ``calendar_from_dict``."""
        return {"kind": self.kind, **{name: getattr(self, name) for name in self.__dataclass_fields__}}  # type: ignore[attr-defined]


@dataclass(frozen=True)
class EvenCalendar(Calendar):
    """Stamps that are equally far apart.

    Attributes:
        step: Microseconds from one stamp to the next.
        origin: Microseconds from 1970 to some stamp.
        counts: Whether stamps are counts rather than times.
    """

    step: int
    origin: int = 0
    counts: bool = False
    kind: ClassVar[str] = "even"

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        ticks = moments.astype("M8[us]").astype(np.int64) - self.origin
        return (ticks + self.step // 2) // self.step

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        return (np.asarray(steps, dtype=np.int64) * self.step + self.origin).astype("M8[us]")

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        if self.counts:
            return "steps of 1" if self.step == DAY else f"steps of {self.step // DAY}"
        size, unit = next(
            ((size, unit) for size, unit in _UNITS if self.step % size == 0), (1, "microsecond")
        )
        count = self.step // size
        if unit == "week":
            weekday = _WEEKDAYS[(self.moments(np.zeros(1))[0].astype("M8[D]").astype(int) + 3) % 7]
            return f"weeks, on {weekday}" if count == 1 else f"every {count} weeks, on {weekday}"
        if count == 1:
            return {"day": "days", "hour": "hours", "minute": "minutes"}.get(unit, f"every {unit}")
        return f"every {count} {unit}s"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        if self.counts:
            return ()
        if self.step >= 7 * DAY:
            return (365.25 * DAY / self.step,) if self.step < 180 * DAY else ()
        if self.step >= DAY:
            return (7.0, 365.25) if self.step == DAY else (365.25 * DAY / self.step,)
        return DAY / self.step, 7 * DAY / self.step


@dataclass(frozen=True)
class WeekdayCalendar(Calendar):
    """Some days of each week, such as business days.

    Attributes:
        days: The weekdays, 0 for Monday.
        time: Microseconds of the day at which the stamps are.
    """

    days: tuple[int, ...]
    time: int = 0
    kind: ClassVar[str] = "weekdays"

    @cached_property
    def _mask(self) -> list[bool]:
        return [day in self.days for day in range(7)]

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``; other days count as the next one that belongs to the calendar."""
        ticks = moments.astype("M8[us]").astype(np.int64) - self.time
        days = ((ticks + DAY // 2) // DAY).astype("M8[D]")
        return np.busday_count(np.datetime64("1970-01-01", "D"), days, weekmask=self._mask)

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        first = np.busday_offset(np.datetime64("1970-01-01", "D"), 0, roll="forward", weekmask=self._mask)
        days = np.busday_offset(first, np.asarray(steps, dtype=np.int64), weekmask=self._mask)
        return days.astype("M8[us]") + np.timedelta64(self.time, "us")

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        if self.days == (0, 1, 2, 3, 4):
            return "business days"
        closed = [_WEEKDAYS[day] for day in range(7) if day not in self.days]
        return f"days except {' and '.join(closed)}" if len(closed) < 4 else f"{len(self.days)} days a week"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return float(len(self.days)), 365.25 * len(self.days) / 7


@dataclass(frozen=True)
class MonthCalendar(Calendar):
    """One day in every month, quarter or year.

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
        months = moments.astype("M8[M]").astype(np.int64) - self.origin
        return (months + self.months // 2) // self.months

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        months = (np.asarray(steps, dtype=np.int64) * self.months + self.origin).astype("M8[M]")
        first, after = months.astype("M8[D]"), (months + 1).astype("M8[D]")
        days = first + np.minimum(self.day, (after - first).astype(int)) - 1
        return days.astype("M8[us]") + np.timedelta64(self.time, "us")

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        names = {1: "months", 3: "quarters", 6: "half years", 12: "years"}
        name = names.get(self.months, f"every {self.months} months")
        if self.months >= 12 or self.day == 1:
            return name
        return f"{name}, at the end of the month" if self.day == 31 else f"{name}, on day {self.day}"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return (12 / self.months,) if self.months < 12 else ()


@dataclass(frozen=True)
class FiscalCalendar(Calendar):
    """Months of whole weeks, such as 4, 4 and 5 weeks in each quarter.

    Attributes:
        weeks: Weeks of each month, in turn.
        origin: Days from 1970 to the stamp that begins the first of them.
    """

    weeks: tuple[int, ...]
    origin: int
    kind: ClassVar[str] = "fiscal"

    @cached_property
    def _ends(self) -> np.ndarray:
        return 7 * np.cumsum((0, *self.weeks))

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        days = moments.astype("M8[D]").astype(np.int64) - self.origin
        rounds, rest = np.divmod(days, self._ends[-1])
        return rounds * len(self.weeks) + np.searchsorted(self._ends[:-1], rest, side="right") - 1

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        rounds, place = np.divmod(np.asarray(steps, dtype=np.int64), len(self.weeks))
        return (self.origin + rounds * self._ends[-1] + self._ends[place]).astype("M8[D]").astype("M8[us]")

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        return f"fiscal months of {'-'.join(map(str, self.weeks))} weeks"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        return (12.0, float(len(self.weeks)))


_CALENDARS: dict[str, type[Calendar]] = {
    one.kind: one for one in (EvenCalendar, WeekdayCalendar, MonthCalendar, FiscalCalendar)
}


def calendar_from_dict(stored: dict[str, Any]) -> Calendar:
    """Return the calendar that ``Calendar.to_dict`` stored."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return _CALENDARS[str(values.pop("kind"))](**values)
