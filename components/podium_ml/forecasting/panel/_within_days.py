"""Calendars of stamps within days."""

import numpy as np

from podium_ml.forecasting.panel.calendars import DAY, WEEK, Calendar, EvenCalendar, OpeningHoursCalendar
from podium_ml.forecasting.panel.gaps import EXCEPTIONS, MOST_STEPS, Gaps
from podium_ml.forecasting.panel.phase import middle_of

_SECOND = 1_000_000
# Steps within a day that people use, in seconds.
_USUAL = (
    *(
        0.001,
        0.01,
        0.02,
        0.05,
        0.1,
        0.2,
        0.25,
        0.5,
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
    ),
    *(3600, 7200, 10800, 14400, 21600, 28800, 43200),
)
# Steps that nobody planned are multiples of these, in microseconds.
_ROUND = (60 * _SECOND, 30 * _SECOND, 10 * _SECOND, _SECOND, 1_000)
# Stamps may be off by this part of a step.
_JITTER = 0.25
# Stamps of the week are closed if they never occur in so many weeks, are at least this share of all, and the others
# occur this often.
_FEWEST_WEEKS, _CLOSED, _OPEN = 3, 0.1, 0.6
_RARE = 0.05
# At most so many times of the day that are not equally far apart, such as 8:00 and 17:30.
_MOST_TIMES = 12
# From so many days on, the hours of the day that never occur are closed.
_FEWEST_DAYS = 5
_WEEKEND = (5, 6)
# Monday, 5 January 1970, in days since 1970.
_MONDAY = 4 * DAY


def calendar_within_days(distinct: np.ndarray, gaps: Gaps) -> Calendar | None:
    """Return the calendar of stamps that are equally far apart within a day, up to some jitter.

    Args:
        distinct: Ticks of the distinct stamps, in order.
        gaps: Microseconds between neighbours.
    """
    if calendar := _times_of_day(distinct, gaps):
        return calendar
    step = _step(distinct, gaps)
    if step is None:
        return None
    origin = middle_of(distinct, step)
    even = EvenCalendar(step, origin or 0)
    return _opening_hours(distinct, even) or even


def _step(distinct: np.ndarray, gaps: Gaps) -> int | None:
    exact = gaps.divisor
    usual = [round(one * _SECOND) for one in _USUAL]
    near = [
        one for one in reversed(usual) if gaps.median / MOST_STEPS / 1.1 <= one <= gaps.median * (1 + _JITTER)
    ]
    rounded = [round(_mean_step(gaps) / unit) * unit for unit in _ROUND]
    for step in dict.fromkeys([*near[:1], exact, *near, *rounded]):
        if 0 < step < DAY and gaps.median <= (MOST_STEPS + _JITTER) * step and _fits(step, distinct, gaps):
            return step
    return None


def _mean_step(gaps: Gaps) -> float:
    """Return the mean length of a step, where a gap has as many as it is typical ones long."""
    steps = np.maximum(1, np.round(gaps.sizes / gaps.median))
    return float((gaps.sizes * gaps.counts).sum() / (steps * gaps.counts).sum())


def _fits(step: int, distinct: np.ndarray, gaps: Gaps) -> bool:
    """Whether nearly all stamps are near to a multiple of a step."""
    parts = gaps.sizes / step
    off = np.abs(parts - np.round(parts))
    if gaps.share((off > _JITTER) | (np.round(parts) < 1)) > EXCEPTIONS:
        return False
    return middle_of(distinct, step) is not None


def _opening_hours(distinct: np.ndarray, even: EvenCalendar) -> Calendar | None:
    """Return the calendar of the stamps of the week that occur, if many never do and the others nearly always."""
    weeks = len(np.unique((distinct - _MONDAY) // WEEK))
    if WEEK % even.step:
        return None
    if weeks <= _FEWEST_WEEKS:
        return _hours_of_days(distinct, even)
    snapped = np.unique(even.steps(distinct.astype("M8[us]")))
    slots = WEEK // even.step
    first = (_MONDAY - even.origin) // even.step
    counts = np.bincount((snapped - first) % slots, minlength=slots)
    occurs = counts > _RARE * weeks
    if occurs.mean() > 1 - _CLOSED or counts[occurs].mean() < _OPEN * weeks:
        return None
    ticks = (np.flatnonzero(occurs) + first) * even.step + even.origin - _MONDAY
    return OpeningHoursCalendar(even.step, tuple(np.sort(ticks % WEEK).tolist()))


def _hours_of_days(distinct: np.ndarray, even: EvenCalendar) -> Calendar | None:
    """Return the same for few weeks, from the stamps of the day that occur, and the days of the week."""
    days = np.unique((distinct - _MONDAY) // DAY)
    if DAY % even.step or len(days) < _FEWEST_DAYS:
        return None
    snapped = np.unique(even.steps(distinct.astype("M8[us]")))
    slots = DAY // even.step
    first = (_MONDAY - even.origin) // even.step
    counts = np.bincount((snapped - first) % slots, minlength=slots)
    occurs = counts > _RARE * len(days)
    if occurs.mean() > 1 - _CLOSED or counts[occurs].mean() < _OPEN * len(days):
        return None
    of_day = (np.flatnonzero(occurs) + first) * even.step + even.origin - _MONDAY
    return _weekly(of_day, days, even.step)


def _times_of_day(distinct: np.ndarray, gaps: Gaps) -> Calendar | None:
    """Return the calendar of a few times of the day whose distances have no common step, such as 8:00 and 17:30."""
    if gaps.median <= MOST_STEPS * gaps.divisor:
        return None
    times, counts = np.unique(distinct % DAY, return_counts=True)
    days = np.unique((distinct - _MONDAY) // DAY)
    if not 2 <= len(times) <= _MOST_TIMES or len(days) < _FEWEST_DAYS or counts.min() < _OPEN * len(days):
        return None
    return _weekly(times, days, int(np.diff(times).min()))


def _weekly(of_day: np.ndarray, days: np.ndarray, step: int) -> Calendar:
    """Return the calendar of some times of the day on the days of the week that occur.

    Args:
        of_day: Microseconds of the day.
        days: Days since a Monday that occur, in order.
        step: Microseconds between two times.
    """
    spanned = np.arange(days[0], days[-1] + 1)
    # A weekend is closed if it is absent, another day of the week if it is so twice.
    seen = np.bincount(spanned % 7, minlength=7)
    closed = [day for day in range(7) if seen[day] > (day not in _WEEKEND) and not (days % 7 == day).any()]
    opened = np.setdiff1d(np.arange(7), closed)
    ticks = (opened[:, None] * DAY + of_day[None]) % WEEK
    return OpeningHoursCalendar(step, tuple(np.sort(ticks.ravel()).tolist()))
