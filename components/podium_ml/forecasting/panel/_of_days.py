"""Calendars of stamps that are days or more apart."""

import numpy as np

from podium_ml.forecasting.panel.calendars import (
    DAY,
    WEEK,
    Calendar,
    EvenCalendar,
    FiscalCalendar,
    MonthCalendar,
    MonthDaysCalendar,
    WeekdayCalendar,
    WeekdayOfMonthCalendar,
)
from podium_ml.forecasting.panel.calendars._calendar import month_days, months_of, weekdays_of
from podium_ml.forecasting.panel.calendars.fiscal import find_year_start
from podium_ml.forecasting.panel.calendars.weekday_of_month import BUSINESS, weekday_of_months
from podium_ml.forecasting.panel.gaps import EXCEPTIONS, MOST_STEPS, Gaps
from podium_ml.forecasting.panel.phase import middle_of
from podium_ml.forecasting.panel.stamps import Moments

# Weekdays that never occur in so many weeks, or two that follow each other in so few, are closed.
_FEWEST_WEEKS, _FEWEST_WEEKENDS = 3, 2
# A weekday that occurs in less than this share of at least so many weeks does not belong to the calendar.
_RARE, _WEEKS_TO_TELL = 0.1, 10
_FOUR_WEEKS, _FIVE_WEEKS = 28, 35
_CYCLES = ((4, 4, 5), (4, 5, 4), (5, 4, 4))
# Days between the first or last business days of two months, at least.
_SHORTEST_MONTH = 25
_FEWEST_MONTHS, _MOST_DAYS_A_MONTH = 4, 3
# Public holidays move the first or the last business day of at most this part of the months, by so many days.
_NO_HOLIDAY, _MOST_HOLIDAYS, _MONTHS_TO_TELL = 0.7, 5, 9


def calendar_of_days(moments: Moments, series: np.ndarray, distinct: np.ndarray) -> Calendar | None:
    """Return the calendar of stamps that are days or more apart; ``None`` if there is none.

    Args:
        moments: Stamps in the order of series and time.
        series: Code of the series of each.
        distinct: Ticks of the distinct stamps, in order.
    """
    time = middle_of(distinct, DAY)
    shift = DAY // 2 - time if time is not None else 0
    days = np.unique((distinct + shift) // DAY)
    rows = (moments.astype("M8[us]").astype(np.int64) + shift) // DAY
    within = np.diff(series) == 0
    between = np.diff(rows)[within]
    gaps = _positive(between)
    if not len(gaps.sizes) or (time is None and np.mean(between == 0) > EXCEPTIONS):
        return None  # events, several on some days
    at = time or 0
    return (
        _months(days, _positive(np.diff(months_of(rows))[within]), gaps, at)
        or _fiscal_months(days, gaps)
        or _weeks(days, gaps, at)
        or _month_days(days, gaps, at)
        or _weekdays(days, gaps, at, periods=time is None)
        or _even(days, gaps, at)
        or _varying(days, gaps, at)
    )


def _positive(gaps: np.ndarray) -> Gaps:
    return Gaps.of(gaps[gaps > 0])


def _months(days: np.ndarray, months: Gaps, gaps: Gaps, time: int) -> Calendar | None:
    """Return the calendar of stamps that have one place in the month: a day, its end, or a weekday."""
    if gaps.sizes[0] < _SHORTEST_MONTH or not (step := months.common()):
        return None
    numbers = months_of(days)
    first, length = month_days(numbers)
    of_month, origin = days - first + 1, int(numbers[0] % step)
    day = 31 if (of_month == length).all() else int(of_month.max())
    if (of_month == np.minimum(day, length)).all():
        return MonthCalendar(step, origin, day, time)
    if len(days) < _FEWEST_MONTHS:
        return None
    weekdays = np.unique(weekdays_of(days))
    for weekday in [*weekdays.tolist()] if len(weekdays) == 1 else [BUSINESS]:
        for place in (-1, 1, 2, 3, 4) if weekday != BUSINESS else (-1, 1):
            if (weekday_of_months(numbers, weekday, place) == days).all():
                return WeekdayOfMonthCalendar(step, origin, weekday, place, time)
    places = [place for place in (-1, 1) if _are_business_days(days, numbers, place)]
    return WeekdayOfMonthCalendar(step, origin, BUSINESS, places[0], time) if places else None


def _are_business_days(days: np.ndarray, numbers: np.ndarray, place: int) -> bool:
    """Whether days are the first or the last business days of months, but for public holidays."""
    off = (days - weekday_of_months(numbers, BUSINESS, place)) * place
    is_near = bool(((off >= 0) & (off <= _MOST_HOLIDAYS)).all()) and bool((weekdays_of(days) < 5).all())
    return is_near and len(days) >= _MONTHS_TO_TELL and float(np.mean(off == 0)) >= _NO_HOLIDAY


def _fiscal_months(days: np.ndarray, gaps: Gaps) -> Calendar | None:
    """Return the calendar of months of 4 and 5 weeks, or of 4 weeks but for some years of 53."""
    if (gaps.sizes % 7).any() or not {_FOUR_WEEKS, _FIVE_WEEKS} <= set(gaps.sizes.tolist()):
        return None
    if gaps.median > _FIVE_WEEKS:
        return None
    place = (days - days[0]) // 7
    for weeks in _CYCLES:
        if np.isin(place % 13, np.cumsum((0, *weeks[:2]))).all():
            return FiscalCalendar(weeks, int(days[0]))
    return _with_long_years(days)


def _with_long_years(days: np.ndarray) -> Calendar | None:
    """Return the calendar of fiscal months of which some years have 53 weeks, without missing months."""
    weeks = np.diff(days) // 7
    for length, cycles in ((12, [one * 4 for one in _CYCLES]), (13, [(4,) * 13])):
        for cycle in cycles:
            for start in range(length):
                turned = (*cycle[start:], *cycle[:start])
                if (found := _long_years(days, weeks, turned)) is not None:
                    return found
    return None


def _long_years(days: np.ndarray, weeks: np.ndarray, cycle: tuple[int, ...]) -> Calendar | None:
    """Return the calendar if stamps follow a cycle, except that the last month of some years is a week longer."""
    extra = weeks - np.resize(np.array(cycle), len(weeks))
    long = np.flatnonzero(extra)
    if not len(long) or (extra[long] != 1).any() or len(np.unique(long % len(cycle))) > 1:
        return None
    begin = int(long[0] % len(cycle)) + 1
    starts = days[begin % len(cycle) :: len(cycle)]
    rule = find_year_start(starts)
    if rule is None:
        return None
    turned = (*cycle[begin:], *cycle[:begin])
    return FiscalCalendar(turned, int(starts[0]), *rule)


def _weeks(days: np.ndarray, gaps: Gaps, time: int) -> Calendar | None:
    step = int(np.gcd.reduce(np.append(gaps.sizes, np.diff(days))))
    if step % 7 or gaps.median > MOST_STEPS * step or not (gaps.sizes == step).any():
        return None
    return EvenCalendar(step * DAY, int(days[0] % step) * DAY + time)


def _month_days(days: np.ndarray, gaps: Gaps, time: int) -> Calendar | None:
    """Return the calendar of two or three days in every month, such as the 1st and the 15th."""
    if gaps.sizes[0] < 5 or gaps.median > 20:
        return None
    places, counts = np.unique(_places(days), return_counts=True)
    months = len(np.unique(months_of(days)))
    is_usual = 2 <= len(places) <= _MOST_DAYS_A_MONTH and counts.min() >= max(2, 0.5 * months)
    return MonthDaysCalendar(tuple(places.tolist()), time) if is_usual else None


def _weekdays(days: np.ndarray, gaps: Gaps, time: int, *, periods: bool) -> Calendar | None:
    """Return the calendar of days, without the weekdays that never occur."""
    if gaps.divisor != 1 or gaps.median > MOST_STEPS:
        return None
    counts = np.bincount(weekdays_of(days), minlength=7)
    weeks = len(np.unique((days + 3) // 7))
    occurs = counts > (_RARE * weeks if weeks >= _WEEKS_TO_TELL else 0)
    closed = np.flatnonzero(~occurs)
    is_weekend = closed.tolist() in ([5, 6], [4, 5]) and (counts[occurs] >= _FEWEST_WEEKENDS).all()
    if not occurs.any():
        return None
    enough = weeks > _FEWEST_WEEKS or (weeks > _FEWEST_WEEKENDS and is_weekend)
    if not len(closed) or not enough:
        return EvenCalendar(DAY, time, periods=periods)
    return WeekdayCalendar(tuple(np.flatnonzero(occurs).tolist()), time, periods=periods)


def _even(days: np.ndarray, gaps: Gaps, time: int) -> Calendar | None:
    step = gaps.divisor
    if step == 1 or gaps.median > MOST_STEPS * step:
        return None
    return EvenCalendar(step * DAY, int(days[0] % step) * DAY + time)


def _varying(days: np.ndarray, gaps: Gaps, time: int) -> Calendar | None:
    """Return the calendar of weeks or months whose day varies."""
    off = np.abs(gaps.sizes - 7 * np.round(gaps.sizes / 7)) > 1
    if gaps.share(off | (gaps.sizes < 6)) <= EXCEPTIONS and gaps.median <= 8:
        return EvenCalendar(WEEK, _usual(days % 7) * DAY + time)
    numbers = months_of(days)
    for months, low, high in ((1, 26, 36), (3, 84, 98), (12, 350, 380)):
        if gaps.share((gaps.sizes < low) | (gaps.sizes > high)) <= EXCEPTIONS:
            return MonthCalendar(months, _usual(numbers % months), _usual(_places(days)), time)
    # A few gaps that do not fit the step of nearly all.
    step = gaps.common()
    return EvenCalendar(step * DAY, int(days[0] % step) * DAY + time) if step > 1 else None


def _places(days: np.ndarray) -> np.ndarray:
    """Return the day of the month of days since 1970, 31 for its end."""
    first, length = month_days(months_of(days))
    of_month = days - first + 1
    return np.where(of_month == length, 31, of_month)


def _usual(values: np.ndarray) -> int:
    """Return the most frequent of small whole numbers."""
    return int(np.bincount(values).argmax())
