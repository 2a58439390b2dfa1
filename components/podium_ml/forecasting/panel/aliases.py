"""Frequencies as users write them."""

import re

import numpy as np

from podium_ml.errors import SettingsError
from podium_ml.forecasting.panel.calendars import DAY, Calendar, EvenCalendar, MonthCalendar, WeekdayCalendar
from podium_ml.forecasting.panel.stamps import Moments

_UNITS = {
    "h": DAY // 24,
    "hour": DAY // 24,
    "min": 60_000_000,
    "t": 60_000_000,
    "s": 1_000_000,
    "d": DAY,
    "w": 7 * DAY,
}
_MONTHS = {"m": 1, "ms": 1, "me": 1, "q": 3, "qs": 3, "qe": 3, "y": 12, "ys": 12, "ye": 12, "a": 12}
_FORM = re.compile(r"(?P<count>\d*)\s*(?P<unit>[A-Za-z]+)(?:-[A-Za-z]{3})?")


def calendar_of(frequency: str, moments: Moments) -> Calendar:
    """Return the calendar that a user means.

    Args:
        frequency: A name of pandas, such as ``D``, ``B``, ``W``, ``M``, ``Q``, ``Y``, ``h`` or ``15min``.
        moments: Times of the data, from which the place within the steps is taken.

    Raises:
        SettingsError: It is no frequency.
    """
    found = _FORM.fullmatch(frequency.strip())
    unit, count = (found["unit"].lower(), int(found["count"] or 1)) if found else ("", 0)
    first = moments[~np.isnat(moments)].min()
    ticks = int(first.astype("M8[us]").astype(np.int64))
    time = ticks % DAY
    if unit == "b":
        return WeekdayCalendar((0, 1, 2, 3, 4), time)
    if unit in _MONTHS:
        day = first.astype("M8[D]")
        month = first.astype("M8[M]")
        is_end = day == (month + 1).astype("M8[D]") - 1
        of_month = 31 if is_end else int((day - month.astype("M8[D]")).astype(int)) + 1
        step = count * _MONTHS[unit]
        return MonthCalendar(step, int(month.astype(np.int64)) % step, of_month, time)
    if unit in _UNITS and count:
        step = count * _UNITS[unit]
        return EvenCalendar(step, ticks % step)
    raise SettingsError(
        f"frequency: '{frequency}' is none.", "Give D, B, W, M, Q, Y, h or 15min, for example."
    )
