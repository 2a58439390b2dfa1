"""Frequencies as users write them."""

import re

import numpy as np

from podium_ml.errors import SettingsError
from podium_ml.forecasting.panel.calendars import (
    DAY,
    WEEK,
    Calendar,
    EvenCalendar,
    MonthCalendar,
    MonthDaysCalendar,
    WeekdayCalendar,
    WeekdayOfMonthCalendar,
)
from podium_ml.forecasting.panel.calendars._calendar import WEEKDAYS, month_days, months_of, weekdays_of
from podium_ml.forecasting.panel.calendars.weekday_of_month import BUSINESS
from podium_ml.forecasting.panel.phase import middle_of
from podium_ml.forecasting.panel.stamps import Moments

_UNITS = {
    **dict.fromkeys(("h", "hour", "hours", "hourly"), DAY // 24),
    **dict.fromkeys(("min", "t", "minute", "minutes"), 60_000_000),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1_000_000),
    **dict.fromkeys(("ms", "l"), 1_000),
    **dict.fromkeys(("d", "day", "days", "daily"), DAY),
    **dict.fromkeys(("w", "week", "weeks", "weekly"), WEEK),
}
_MONTHS = {
    **dict.fromkeys(("m", "ms", "me", "month", "months", "monthly"), 1),
    **dict.fromkeys(("q", "qs", "qe", "quarter", "quarters", "quarterly"), 3),
    **dict.fromkeys(("y", "ys", "ye", "a", "as", "year", "years", "yearly", "annual"), 12),
}
_BUSINESS_MONTHS = {"bms": 1, "bme": -1, "bm": -1}
_TWICE_A_MONTH = {"sms": (1, 15), "sme": (15, 31), "sm": (15, 31)}
_FORM = re.compile(r"(?P<count>\d*)\s*(?P<unit>[A-Za-z]+)(?:-(?P<anchor>[A-Za-z]{3}))?")
# The stamps are periods if their frequency is so much coarser than the times.
_COARSER = 1.5


def calendar_of(frequency: str, moments: Moments) -> Calendar:
    """Return the calendar that a user means.

    If the times are closer to each other than the frequency, all times of a period belong to its first stamp.

    Args:
        frequency: A name of pandas, such as ``D``, ``B``, ``W-FRI``, ``M``, ``Q``, ``Y``, ``h`` or ``15min``, or a word
            such as ``weekly``.
        moments: Times of the data, from which the place within the steps is taken.

    Raises:
        SettingsError: It is no frequency.
    """
    found = _FORM.fullmatch(frequency.strip())
    unit = found["unit"].lower() if found else ""
    count = int(found["count"] or 1) if found else 0
    distinct = np.unique(moments[~np.isnat(moments)]).astype("M8[us]").astype(np.int64)
    time = middle_of(distinct, DAY)
    # In pandas, MS is the start of a month, and ms a millisecond.
    if unit in _MONTHS and count and not (found and found["unit"] == "ms"):
        return _months(count * _MONTHS[unit], distinct, time or 0)
    if unit in _UNITS and count:
        return _even(count * _UNITS[unit], distinct, found["anchor"] if found else None)
    if unit in ("b", "bd") and count == 1:
        return WeekdayCalendar((0, 1, 2, 3, 4), time or 0, periods=time is None)
    if unit in _BUSINESS_MONTHS and count:
        first = int(months_of(distinct[:1] // DAY)[0])
        return WeekdayOfMonthCalendar(count, first % count, BUSINESS, _BUSINESS_MONTHS[unit], time or 0)
    if unit in _TWICE_A_MONTH and count == 1:
        return MonthDaysCalendar(_TWICE_A_MONTH[unit], time or 0)
    raise SettingsError(
        f"frequency: '{frequency}' is none.", "Give D, B, W, M, Q, Y, h or 15min, for example."
    )


def _is_coarser(step: int, distinct: np.ndarray) -> bool:
    gaps = np.diff(distinct)
    return bool(len(gaps)) and step > _COARSER * float(np.median(gaps))


def _months(step: int, distinct: np.ndarray, time: int) -> Calendar:
    if _is_coarser(step * 28 * DAY, distinct):
        return MonthCalendar(step)
    days = distinct // DAY
    numbers = months_of(days)
    first, length = month_days(numbers)
    of_month = days - first + 1
    day = 31 if (of_month == length).all() else int(np.bincount(of_month).argmax())
    return MonthCalendar(step, int(numbers[0] % step), day, time)


def _even(step: int, distinct: np.ndarray, anchor: str | None) -> Calendar:
    coarser = _is_coarser(step, distinct)
    origin = middle_of(distinct, step) if not coarser else None
    if step % WEEK == 0:
        names = [name[:3].lower() for name in WEEKDAYS]
        asked = names.index(anchor.lower()) if anchor and anchor.lower() in names else None
        usual = 0 if coarser else int(np.bincount(weekdays_of(distinct // DAY)).argmax())
        # Days since 1970 of the first such weekday.
        day = ((usual if asked is None else asked) - 3) % 7
        if origin is None or asked is not None:
            week = int(distinct[0] // DAY - day) // 7 if len(distinct) else 0
            origin = (7 * week + day) * DAY % step
    return EvenCalendar(step, origin or 0, periods=coarser)
