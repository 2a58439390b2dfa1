"""Finding the calendar of series from the set of their stamps.

All stamps of all series are looked at together: which weekdays occur, whether they are ends of months, which gaps there
are. Missing stamps and public holidays then do no harm, as they would where the gaps of one series must all be equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from podium_ml.errors import DataError
from podium_ml.forecasting.panel.calendars import (
    DAY,
    Calendar,
    EvenCalendar,
    FiscalCalendar,
    MonthCalendar,
    WeekdayCalendar,
)
from podium_ml.forecasting.panel.stamps import Moments

_SECOND = 1_000_000
# Steps within a day that people use, in seconds.
_USUAL = (
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10800,
    14400,
    21600,
    28800,
    43200,
)
# Stamps may be off by this part of a step, and this share of the gaps by more.
_JITTER, _EXCEPTIONS = 0.25, 0.05
# A weekday without stamps in so many weeks belongs to no series.
_FEWEST_WEEKS = 3
# A series differs from the others if its typical gap is so many steps, and so many of its gaps are about that.
_OTHER_STEPS, _REGULAR, _FEWEST_STAMPS = 4, 0.8, 4
_WEEKS_OF_MONTHS = frozenset({28, 35})


@dataclass(frozen=True)
class Stamps:
    """The stamps of all series.

    Attributes:
        moments: Stamps in the order of series and time, without missing ones.
        series: Code of the series of each, shape ``(n,)``.
    """

    moments: Moments
    series: np.ndarray

    @cached_property
    def distinct(self) -> np.ndarray:
        """Ticks (microseconds since 1970) of the distinct stamps, in order."""
        return np.unique(self.moments).astype("M8[us]").astype(np.int64)

    @cached_property
    def gaps(self) -> np.ndarray:
        """Microseconds between neighbours of the same series, without zeros."""
        ticks = self.moments.astype("M8[us]").astype(np.int64)
        gaps = np.diff(ticks)[np.diff(self.series) == 0]
        return gaps[gaps > 0]

    @property
    def days(self) -> np.ndarray:
        """Distinct days since 1970, int64."""
        return np.unique(self.distinct // DAY)


def find_calendar(stamps: Stamps, *, name: Callable[[int], str] = str, counts: bool = False) -> Calendar:
    """Return the calendar that all series share.

    Args:
        stamps: The stamps.
        name: Returns what users call the series of a code.
        counts: Whether stamps are counts rather than times.

    Raises:
        DataError: There is no common frequency; the message names a series that differs.
    """
    if not len(stamps.gaps):
        raise DataError(
            "No series has two different times, so there is nothing to forecast.",
            "Check the time column and the series column: perhaps each row was taken as a series of its own.",
        )
    calendar = _find(stamps, counts=counts)
    if calendar is None:
        typical = np.median(stamps.gaps) / DAY
        raise DataError(
            f"The times have no common frequency: a typical gap is {typical:.3g} days, others are no multiples of it.",
            "Give --frequency, e.g. D, B, W, M, Q, Y, h or 15min, and rows are assigned to the nearest stamp.",
        )
    _check_each(stamps, calendar, name)
    return calendar


def _find(stamps: Stamps, *, counts: bool) -> Calendar | None:
    if counts:
        step = int(np.gcd.reduce(stamps.gaps))
        return EvenCalendar(step, int(stamps.distinct[0] % step), counts=True)
    times = np.unique(stamps.distinct % DAY)
    if len(times) == 1:
        return _of_days(stamps, int(times[0]))
    return _within_days(stamps) or (_of_days(stamps, 0) if np.median(stamps.gaps) > 0.75 * DAY else None)


def _of_days(stamps: Stamps, time: int) -> Calendar | None:
    gaps = np.round(stamps.gaps / DAY).astype(np.int64)
    for calendar in (
        _months(stamps, gaps, time),
        _fiscal_months(stamps, gaps),
        _weeks(stamps, gaps),
        _weekdays(stamps, gaps, time),
    ):
        if calendar is not None:
            return calendar
    if _share(np.abs(gaps - 7) <= 1) > 1 - _EXCEPTIONS:  # weeks whose day varies
        return EvenCalendar(7 * DAY, int(np.median(stamps.days % 7)) * DAY + time)
    if _share((gaps >= 26) & (gaps <= 36)) > 1 - _EXCEPTIONS:  # months whose day varies
        return MonthCalendar(1, 0, int(np.median(_days_of_month(stamps.days))), time)
    step = int(np.gcd.reduce(gaps))
    if np.median(gaps) <= _OTHER_STEPS * step:
        return EvenCalendar(step * DAY, int(stamps.days[0] % step) * DAY + time)
    return None


def _months(stamps: Stamps, gaps: np.ndarray, time: int) -> Calendar | None:
    """Return the calendar of stamps that have one day of the month, or are ends of months."""
    if gaps.min() < 28:
        return None
    days = stamps.days
    of_month, last = _days_of_month(days), _days_of_month(_month_ends(days))
    day = 31 if (of_month == last).all() else int(of_month.max())
    if not (of_month == np.minimum(day, last)).all():
        return None
    months = days.astype("M8[D]").astype("M8[M]").astype(np.int64)
    ticks = stamps.moments.astype("M8[M]").astype(np.int64)
    steps = np.diff(ticks)[np.diff(stamps.series) == 0]
    step = int(np.gcd.reduce(steps[steps > 0]))
    return MonthCalendar(step, int(months[0] % step), day, time)


def _fiscal_months(stamps: Stamps, gaps: np.ndarray) -> Calendar | None:
    """Return the calendar of months of 4 and 5 weeks."""
    days = stamps.days
    between = np.diff(days)
    if not (set(gaps.tolist()) == _WEEKS_OF_MONTHS and set(between.tolist()) == _WEEKS_OF_MONTHS):
        return None
    weeks = (between // 7).tolist()
    for length in (3, 12):
        if len(weeks) > length and all(one == weeks[at % length] for at, one in enumerate(weeks)):
            return FiscalCalendar(tuple(weeks[:length]), int(days[0]))
    return None


def _weeks(stamps: Stamps, gaps: np.ndarray) -> Calendar | None:
    step = int(np.gcd.reduce(np.append(gaps, np.diff(stamps.days))))
    if step % 7 or np.median(gaps) > _OTHER_STEPS * step:
        return None
    return EvenCalendar(step * DAY, int(stamps.distinct[0] % (step * DAY)))


def _weekdays(stamps: Stamps, gaps: np.ndarray, time: int) -> Calendar | None:
    """Return the calendar of days, without the weekdays that never occur."""
    if np.gcd.reduce(gaps) != 1 or np.median(gaps) > _OTHER_STEPS:
        return None
    weekdays = np.unique((stamps.days + 3) % 7)
    weeks = (stamps.days[-1] - stamps.days[0]) / 7
    if len(weekdays) == 7 or weeks < _FEWEST_WEEKS:
        return EvenCalendar(DAY, time)
    return WeekdayCalendar(tuple(weekdays.tolist()), time)


def _within_days(stamps: Stamps) -> Calendar | None:
    """Return the calendar of stamps that are equally far apart within a day, up to some jitter."""
    typical = float(np.median(stamps.gaps))
    usual = min(_USUAL, key=lambda seconds: abs(np.log(seconds * _SECOND / typical)))
    exact = int(np.gcd.reduce(stamps.gaps))
    for step in (usual * _SECOND, exact):
        parts = stamps.gaps / step
        off = np.abs(parts - np.round(parts))
        fits = _share((off > _JITTER) | (np.round(parts) < 1)) <= _EXCEPTIONS
        if fits and abs(typical / step - 1) < _JITTER and step >= _SECOND:
            return EvenCalendar(step, _origin(stamps.distinct, step))
    if exact >= 60 * _SECOND and typical <= _OTHER_STEPS * exact:
        return EvenCalendar(exact, int(stamps.distinct[0] % exact))
    return None


def _origin(ticks: np.ndarray, step: int) -> int:
    """Return where in a step the stamps are: 0 if that is near, as jitter moves them in both directions or one."""
    angles = 2 * np.pi * (ticks % step) / step
    middle = np.angle(np.exp(1j * angles).mean()) / (2 * np.pi) * step
    if len(np.unique(ticks % step)) == 1:
        return int(ticks[0] % step)
    return 0 if abs(middle) < _JITTER * step else round(middle / _SECOND) * _SECOND % step


def _check_each(stamps: Stamps, calendar: Calendar, name: Callable[[int], str]) -> None:
    """Raise an error if a series follows a calendar of its own."""
    steps = calendar.steps(stamps.moments)
    ends = np.flatnonzero(np.diff(stamps.series)) + 1
    for part in np.split(np.arange(len(steps)), ends):
        gaps = np.diff(np.unique(steps[part]))
        if len(gaps) < _FEWEST_STAMPS - 1 or (typical := float(np.median(gaps))) < _OTHER_STEPS:
            continue
        if _share(np.abs(gaps - typical) <= 0.2 * typical) >= _REGULAR:
            own = _find(Stamps(stamps.moments[part], stamps.series[part]), counts=False)
            shown = "another frequency" if own is None else own.title
            raise DataError(
                f"The series have no common frequency: '{name(int(stamps.series[part[0]]))}' has {shown}, "
                f"others have {calendar.title}.",
                "Forecast them in separate runs, or bring them to one frequency first.",
            )


def _days_of_month(days: np.ndarray) -> np.ndarray:
    dates = days.astype("M8[D]")
    return (dates - dates.astype("M8[M]").astype("M8[D]")).astype(np.int64) + 1


def _month_ends(days: np.ndarray) -> np.ndarray:
    return ((days.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]") - 1).astype(np.int64)


def _share(found: np.ndarray) -> float:
    return float(np.mean(found))
