"""What every calendar can do."""

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np

from podium_ml.forecasting.panel.stamps import Moments

DAY = 86_400_000_000
"""Microseconds of a day."""
WEEK = 7 * DAY
"""Microseconds of a week."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# 1 January 1970 was a Thursday.
_FIRST_WEEKDAY = 3


class Calendar(ABC):
    """The stamps that series can have, and their steps: whole numbers in the order of time.

    Attributes:
        kind: Name in files.
    """

    kind: ClassVar[str]

    @abstractmethod
    def steps(self, moments: Moments) -> np.ndarray:
        """Return the step of each moment, int64, shape ``(n,)``; that of a stamp nearby where it is none.

        No moment may be missing.
        """

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

    def covers(self, moments: Moments) -> np.ndarray:
        """Return which moments lie on days that belong to the calendar, booleans, shape ``(n,)``."""
        return np.ones(len(moments), dtype=bool)

    def to_dict(self) -> dict[str, Any]:
        """Return the calendar for a file; see ``calendar_from_dict``."""
        names = [one.name for one in fields(self)]  # type: ignore[arg-type]
        return {"kind": self.kind, **{name: getattr(self, name) for name in names}}


def ticks_of(moments: Moments) -> np.ndarray:
    """Return microseconds since 1970, int64."""
    return moments.astype("M8[us]").astype(np.int64)


def weekdays_of(days: np.ndarray) -> np.ndarray:
    """Return the weekday of days since 1970, 0 for Monday."""
    return (days + _FIRST_WEEKDAY) % 7


def month_days(months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first day of months since January 1970, as days since 1970, and their numbers of days."""
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    after = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return first, after - first


def months_of(days: np.ndarray) -> np.ndarray:
    """Return months since January 1970 of days since 1970."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def at_time(days: np.ndarray, time: int) -> Moments:
    """Return a time of day on days since 1970.

    Args:
        days: The days.
        time: Microseconds of the day.
    """
    return (np.asarray(days, dtype=np.int64) * DAY + time).astype("M8[us]")


def every_months(months: int) -> str:
    """Return what users call a number of months."""
    names = {1: "months", 3: "quarters", 6: "half years", 12: "years"}
    return names.get(months, f"every {months} months")
