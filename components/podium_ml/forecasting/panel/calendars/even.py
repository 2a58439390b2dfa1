"""Stamps that are equally far apart."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from podium_ml.forecasting.panel.calendars._calendar import (
    DAY,
    WEEK,
    WEEKDAYS,
    Calendar,
    ticks_of,
    weekdays_of,
)
from podium_ml.forecasting.panel.stamps import Moments

_UNITS = (
    (WEEK, "week"),
    (DAY, "day"),
    (3_600_000_000, "hour"),
    (60_000_000, "minute"),
    (1_000_000, "second"),
    (1_000, "millisecond"),
)


@dataclass(frozen=True)
class EvenCalendar(Calendar):
    """Stamps that are equally far apart.

    Attributes:
        step: Microseconds from one stamp to the next.
        origin: Microseconds from 1970 to some stamp.
        counts: Whether stamps are counts rather than times.
        periods: Whether a moment belongs to the stamp before it, rather than to the nearest one.
    """

    step: int
    origin: int = 0
    counts: bool = False
    periods: bool = False
    kind: ClassVar[str] = "even"

    def steps(self, moments: Moments) -> np.ndarray:
        """See ``Calendar``."""
        return (ticks_of(moments) - self.origin + (0 if self.periods else self.step // 2)) // self.step

    def moments(self, steps: np.ndarray) -> Moments:
        """See ``Calendar``."""
        return (np.asarray(steps, dtype=np.int64) * self.step + self.origin).astype("M8[us]")

    @property
    def title(self) -> str:
        """See ``Calendar``."""
        if self.counts:
            return f"steps of {self.step / DAY:g}"
        size, unit = next(
            ((size, unit) for size, unit in _UNITS if self.step % size == 0), (1, "microsecond")
        )
        count = self.step // size
        every = f"{unit}s" if count == 1 else f"every {count} {unit}s"
        if unit != "week":
            return every
        return f"{every}, on {WEEKDAYS[int(weekdays_of(np.array(self.origin // DAY)))]}"

    @property
    def seasons(self) -> tuple[float, ...]:
        """See ``Calendar``."""
        if self.counts:
            return ()
        year = 365.25 * DAY / self.step
        if self.step == DAY:
            return 7.0, year
        if self.step >= DAY:
            return (year,) if year >= 2 else ()
        return DAY / self.step, WEEK / self.step
