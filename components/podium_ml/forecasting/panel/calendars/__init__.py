"""Calendars: the stamps that series can have, counted in whole steps; one module for each family."""

from typing import Any

from podium_ml.forecasting.panel.calendars._calendar import DAY, WEEK, Calendar
from podium_ml.forecasting.panel.calendars.even import EvenCalendar
from podium_ml.forecasting.panel.calendars.fiscal import FiscalCalendar
from podium_ml.forecasting.panel.calendars.month_days import MonthDaysCalendar
from podium_ml.forecasting.panel.calendars.months import MonthCalendar
from podium_ml.forecasting.panel.calendars.opening_hours import OpeningHoursCalendar
from podium_ml.forecasting.panel.calendars.weekday_of_month import WeekdayOfMonthCalendar
from podium_ml.forecasting.panel.calendars.weekdays import WeekdayCalendar

_CALENDARS: dict[str, type[Calendar]] = {
    one.kind: one
    for one in (
        EvenCalendar,
        WeekdayCalendar,
        OpeningHoursCalendar,
        MonthCalendar,
        MonthDaysCalendar,
        WeekdayOfMonthCalendar,
        FiscalCalendar,
    )
}


def calendar_from_dict(stored: dict[str, Any]) -> Calendar:
    """Return the calendar that ``Calendar.to_dict`` stored."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return _CALENDARS[str(values.pop("kind"))](**values)


__all__ = [
    "DAY",
    "WEEK",
    "Calendar",
    "EvenCalendar",
    "FiscalCalendar",
    "MonthCalendar",
    "MonthDaysCalendar",
    "OpeningHoursCalendar",
    "WeekdayCalendar",
    "WeekdayOfMonthCalendar",
    "calendar_from_dict",
]
