"""Public holidays and a user's own events: which days there are, and what they are as features of steps."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from podium_ml.confinement.extras import install
from podium_ml.errors import DataError, SettingsError
from podium_ml.forecasting.panel.calendars import Calendar, MonthCalendar
from podium_ml.ingestion.read import read_frame
from podium_ml.values.addresses import names_file
from podium_ml.values.dates import DateFormat

# Years after the data whose holidays are kept, and names that get a feature of their own if they occur so often.
_YEARS_AHEAD, _MOST_NAMES, _FEWEST_TIMES = 10, 30, 2
_EVENT = "event"
_DAY = np.timedelta64(1, "D")

Days = list[tuple[str, str]]
"""Pairs of a day, like ``2024-12-25``, and its name."""


@dataclass(frozen=True)
class Holidays:
    """Days that matter, and whom they concern.

    Attributes:
        days: Days and names, by country or file.
        common: Countries and files that concern all series.
        of_series: Country of each series, by code; empty if all are the same.
        names: Names that have a feature of their own.
    """

    days: dict[str, Days] = field(default_factory=dict)
    common: tuple[str, ...] = ()
    of_series: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the holidays for a file; see ``from_dict``."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """Return the holidays that ``to_dict`` stored."""
        days = {
            name: [(str(day), str(title)) for day, title in days] for name, days in stored["days"].items()
        }
        return cls(days, *(tuple(stored[name]) for name in ("common", "of_series", "names")))

    def features(
        self, codes: np.ndarray, steps: np.ndarray, calendar: Calendar, zone: str = ""
    ) -> np.ndarray:
        """Return how many holidays, eves, days after, and holidays of each name rows have, shape ``(n, 3 + names)``.

        Eves and days after are counted for steps of at most a day alone.

        Args:
            codes: Codes of the series, shape ``(n,)``.
            steps: Steps on the calendar, shape ``(n,)``.
            calendar: The calendar.
            zone: Time zone of the calendar's moments, if these are in UTC.
        """
        found = np.zeros((len(codes), 3 + len(self.names)))
        own = np.array([*self.of_series, ""], dtype=object)[np.minimum(codes, len(self.of_series))]
        for country in np.unique(own):
            rows = np.flatnonzero(own == country)
            distinct, place = np.unique(steps[rows], return_inverse=True)
            start, end, of_days = _periods(distinct, calendar, zone)
            found[rows] = self._counts(country, start, end, of_days=of_days)[place]
        return found

    @property
    def titles(self) -> tuple[str, ...]:
        """Names of the features."""
        return (
            "holiday",
            "eve of a holiday",
            "day after a holiday",
            *(f"holiday: {one}" for one in self.names),
        )

    def _counts(self, country: str, start: np.ndarray, end: np.ndarray, *, of_days: bool) -> np.ndarray:
        sources = [*self.common, *([country] if country else [])]
        named = [self._by_source[one] for one in sources if one in self._by_source]
        days = np.unique(np.concatenate([one[0] for one in named])) if named else np.array([], dtype="M8[D]")
        counts = [_between(days, start, end)]
        counts += [_between(days, start + shift, end + shift) * of_days for shift in (_DAY, -_DAY)]
        for name in self.names:
            own = [one[0][one[1] == name] for one in named]
            counts.append(_between(np.unique(np.concatenate(own)), start, end) if own else 0 * counts[0])
        return np.column_stack(counts).astype(np.float64)

    @cached_property
    def _by_source(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {
            source: (np.array([day for day, _ in days], dtype="M8[D]"), np.array([name for _, name in days]))
            for source, days in self.days.items()
            if days
        }


def find_holidays(
    asked: Sequence[str], table: pd.DataFrame, series: np.ndarray, moments: np.ndarray
) -> Holidays:
    """Return the holidays that a user asks for.

    Args:
        asked: Countries, a column of countries, and files of events.
        table: Rows of the series.
        series: Code of the series of each row.
        moments: Their times.

    Raises:
        SettingsError: There is no such country.
        DataError: A file of events has no dates.
    """
    years = range(_year(moments.min()), _year(moments.max()) + _YEARS_AHEAD + 1)
    days: dict[str, Days] = {}
    common, of_series = [], []
    for name in asked:
        if name in table:
            of_series = table[name].astype("string").groupby(series).last().fillna("").str.strip().tolist()
            days |= {one: country_days(one, years) for one in sorted(set(of_series)) if one}
        else:
            days[name] = event_days(name) if names_file(name) else country_days(name, years)
            common.append(name)
    return Holidays(days, tuple(common), tuple(of_series), _frequent(days, moments))


def _frequent(days: dict[str, Days], moments: np.ndarray) -> tuple[str, ...]:
    """Return the names that occur often enough in the data to be learned from."""
    first, last = (str(one.astype("M8[D]")) for one in (moments.min(), moments.max()))
    known = {(name, day) for one in days.values() for day, name in one if first <= day <= last}
    times = Counter(name for name, _ in sorted(known))
    return tuple(sorted(name for name, count in times.most_common(_MOST_NAMES) if count >= _FEWEST_TIMES))


def holiday_mistakes(asked: Iterable[str], columns: Sequence[str]) -> list[str]:
    """Return a line for each name that is no country, no column and no file."""
    mistakes = []
    for name in asked:
        if name in columns or names_file(name):
            continue
        try:
            country_days(name, range(2024, 2025))
        except SettingsError as error:
            mistakes.append(str(error))
    return mistakes


def country_days(name: str, years: Iterable[int]) -> Days:
    """Return the public holidays of a country, like ``DE``, of a part of it, like ``DE-BY``, or of an exchange.

    Raises:
        SettingsError: There is no such country, or the package of holidays is missing.
    """
    try:
        import holidays
    except ImportError:
        raise SettingsError(
            "holidays: the package 'holidays' is not installed.", install("forecasting")
        ) from None
    country, _, part = name.partition("-")
    for spelled in (country, country.upper()):
        with suppress(NotImplementedError):
            return _sorted(holidays.country_holidays(spelled, subdiv=part or None, years=list(years)))
    if not part:
        with suppress(NotImplementedError):
            return _sorted(holidays.financial_holidays(country.upper(), years=list(years)))
    raise SettingsError(
        f"holidays: '{name}' is no country that is known, no column and no file.",
        "Give codes like DE, FR or US-CA, a column of such codes, or a file of dates and names.",
    )


def _sorted(found: Mapping[Any, str]) -> Days:
    return sorted((day.isoformat(), str(title)) for day, title in found.items())


def event_days(source: str) -> Days:
    """Return the days of a file of events: its column of dates, and its first column of texts as names.

    Raises:
        DataError: It has no column of dates, or a value of it is none.
    """
    table = read_frame(source)
    read = {str(name): _dates(table[name]) for name in table}
    dates = max(read, key=lambda name: int((~np.isnat(read[name])).sum()))
    unread = np.isnat(read[dates])
    if unread.all():
        raise DataError(f"holidays: {source} has no column of dates.", "Give one day a row, and its name.")
    if (wrong := unread & table[dates].notna().to_numpy()).any():
        row = int(wrong.argmax())
        raise DataError(
            f"holidays: row {row + 1} of {source} holds '{table[dates].iloc[row]}' in column '{dates}', "
            "which is no date."
        )
    texts = [name for name in table if name != dates and not pd.api.types.is_numeric_dtype(table[name].dtype)]
    titles = (
        table[texts[0]].astype("string").fillna(_EVENT) if texts else pd.Series(_EVENT, index=table.index)
    )
    days = read[dates].astype("M8[D]")
    return sorted(
        {(str(day), str(title)) for day, title in zip(days, titles, strict=True) if not np.isnat(day)}
    )


def _dates(column: pd.Series) -> np.ndarray:
    """Return the dates of a column; none of one of numbers."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return np.full(len(column), np.datetime64("NaT"), dtype="M8[us]")
    return DateFormat.plan(column).read(column)


def _periods(steps: np.ndarray, calendar: Calendar, zone: str) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return the first day of each step, the day after its last one, and whether steps are at most a day."""
    start, following = (_local(calendar.moments(steps + one), zone) for one in (0, 1))
    of_days = bool(np.median(following - start) <= _DAY)
    if of_days:
        return start, start + _DAY, True
    if isinstance(calendar, MonthCalendar) and calendar.day > 28:  # labelled by its end
        return _local(calendar.moments(steps - 1), zone) + _DAY, start + _DAY, False
    return start, following, False


def _local(moments: np.ndarray, zone: str) -> np.ndarray:
    if not zone:
        return moments.astype("M8[D]")
    local = pd.DatetimeIndex(moments, tz="UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy(dtype="datetime64[us]").astype("M8[D]")


def _between(days: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how many of the days, which are in order, are from a start to before an end."""
    return np.searchsorted(days, end) - np.searchsorted(days, start)


def _year(moment: np.datetime64) -> int:
    return int(moment.astype("M8[Y]").astype(np.int64)) + 1970
