"""Times as numbers: years, months, serial numbers of Excel, seconds since 1970, or plain counts."""

import re
from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np

from podium_ml.forecasting.panel.labels import iso_week, weekdays_of

NumberKind = Literal[
    "year",
    "decimal_year",
    "year_quarter",
    "year_month",
    "year_week",
    "digits",
    "serial",
    "count",
    "epoch",
]

# Years that whole numbers may mean, and Excel's serial numbers of the days from 1954 to 2119.
_YEARS, _SERIALS = (1500, 2200), (20_000, 80_000)
# Excel counts days from here, so that its wrong 29 February 1900 does not matter for later days.
_EXCEL = np.datetime64("1899-12-30", "D")
# Smaller numbers are counts, larger ones YYYYMMDD or a time since 1970.
_MOST_COUNTS = 1e7
_DAY_SECONDS, _LAST_SECOND = 86_400, 253_402_300_799
# What a number of so many digits may be made of: year, month, day, hour, minute, second.
_DIGITS = {8: 3, 10: 4, 12: 5, 14: 6}
_LOWEST, _HIGHEST = (1000, 1, 1, 0, 0, 0), (2999, 12, 31, 23, 59, 59)
# A number is nearly a whole month if it is off by less than so many months, or a whole count.
_NEAR_MONTH, _NEAR_COUNT = 0.06, 1e-6
_MOST_DECIMALS = 6
_FEWEST_QUARTERS = 5
# Digits of the part of a year.
_PART_DIGITS = {"year_quarter": 1, "year_month": 2}
_NOT_A_TIME = np.datetime64("NaT", "us")
# Days that a microsecond clock can tell.
_DAYS = 1e8


def kind_of_numbers(numbers: np.ndarray) -> NumberKind:
    """Return what the numbers of a column of times mean.

    Args:
        numbers: Its finite values, shape ``(n,)``.
    """
    distinct = np.unique(numbers)
    low, high = distinct[0], distinct[-1]
    whole = bool((distinct == np.round(distinct)).all())
    if _YEARS[0] <= low and high <= _YEARS[1] + 1:
        return "year" if whole else _with_decimals(distinct)
    if whole and (kind := _of_parts(distinct.astype(np.int64))):
        return kind
    if _SERIALS[0] <= low and high <= _SERIALS[1]:
        return "serial"
    return "count" if max(-low, high) < _MOST_COUNTS else "epoch"


def _with_decimals(distinct: np.ndarray) -> NumberKind:
    """Return the kind of years with decimals: quarters such as 2010.4, months such as 2010.12, or parts of years."""
    for kind, size, parts in (("year_quarter", 10, 4), ("year_month", 100, 12)):
        scaled = distinct * size
        found = set((np.round(scaled) % size).astype(int).tolist())
        if np.abs(scaled - np.round(scaled)).max() < _NEAR_COUNT * size and found == set(range(1, parts + 1)):
            return kind  # type: ignore[return-value]
    return "decimal_year"


def _of_parts(distinct: np.ndarray) -> NumberKind | None:
    """Return the kind of numbers that are a year and its parts, such as 202003 or 20200314."""
    years, part = np.divmod(distinct, 10)
    if _are_years(years) and len(distinct) >= _FEWEST_QUARTERS and set(part.tolist()) == {1, 2, 3, 4}:
        return "year_quarter"
    years, part = np.divmod(distinct, 100)
    if _are_years(years) and part.min() >= 1 and part.max() <= 53:
        return "year_month" if part.max() <= 12 else "year_week"
    lengths = {len(str(one)) for one in (distinct[0], distinct[-1])}
    if distinct[0] > 0 and len(lengths) == 1 and (length := lengths.pop()) in _DIGITS:
        parts = _parts(distinct, _DIGITS[length])
        if all(
            low <= one.min() and one.max() <= high
            for low, high, one in zip(_LOWEST, _HIGHEST, parts, strict=False)
        ):
            return "digits"
    return None


def _are_years(years: np.ndarray) -> bool:
    return bool(years.min() >= 1900 and years.max() <= _YEARS[1])


def _parts(numbers: np.ndarray, count: int) -> list[np.ndarray]:
    parts = []
    for _ in range(count - 1):
        numbers, part = np.divmod(numbers, 100)
        parts.append(part)
    return [numbers, *reversed(parts)]


def scale_of(numbers: np.ndarray, kind: NumberKind) -> int:
    """Return the scale of numbers: decimals of counts, seconds since 1970, quarters and months; parts of digits.

    Args:
        numbers: The finite values of a column of times, shape ``(n,)``.
        kind: What they mean.
    """
    distinct = np.unique(numbers)
    if kind == "count":
        return next(
            (scale for scale in range(_MOST_DECIMALS) if _are_whole(distinct * 10.0**scale)), _MOST_DECIMALS
        )
    if kind == "epoch":
        typical = np.median(np.abs(distinct))
        return next(
            scale for limit, scale in ((1e11, 0), (1e14, 3), (1e17, 6), (np.inf, 9)) if typical < limit
        )
    if kind in _PART_DIGITS and distinct[0] <= _YEARS[1] + 1:
        return _PART_DIGITS[kind]
    return _DIGITS[len(str(int(distinct[0])))] if kind == "digits" else 0


def _are_whole(numbers: np.ndarray) -> bool:
    return bool((np.abs(numbers - np.round(numbers)) <= _NEAR_COUNT * np.maximum(1, np.abs(numbers))).all())


def read_numbers_as(numbers: np.ndarray, kind: NumberKind, scale: int = 0) -> np.ndarray:
    """Return the times that numbers mean, ``datetime64[us]``, ``NaT`` for numbers that mean none.

    Args:
        numbers: The numbers, NaN for missing ones, shape ``(n,)``.
        kind: What they mean.
        scale: See ``scale_of``.
    """
    moments = np.full(len(numbers), _NOT_A_TIME)
    known = np.isfinite(numbers)
    moments[known] = _READ[kind](numbers[known], scale)
    return moments


def write_number(moment: np.datetime64, kind: NumberKind, scale: int = 0) -> str:
    """Return a time as the number that means it; empty for kinds that are written as dates."""
    day = moment.astype("M8[D]")
    year, month = (
        int(moment.astype("M8[Y]").astype(int)) + 1970,
        int(moment.astype("M8[M]").astype(int)) % 12 + 1,
    )
    if kind == "count":
        count = int(day.astype(int))
        return str(count) if not scale else f"{count / 10**scale:.{scale}f}"
    if kind == "year_week":
        of_year, week = iso_week(day)
        return f"{of_year}{week:02d}"
    if kind == "digits" and scale == _DIGITS[8]:
        return str(day).replace("-", "")
    mark = "." if scale else ""
    wholes = {
        "year": str(year),
        "year_month": f"{year}{mark}{month:02d}",
        "year_quarter": f"{year}{mark}{(month + 2) // 3}",
    }
    return wholes.get(kind, "")


def to_numbers(moments: np.ndarray, kind: NumberKind, scale: int = 0) -> np.ndarray:
    """Return the numbers that mean times, float64: the inverse of ``read_numbers_as``.

    Args:
        moments: ``datetime64[us]``, shape ``(n,)``.
        kind: What the numbers mean.
        scale: See ``scale_of``.
    """
    if kind == "serial":
        return (moments - _EXCEL.astype("M8[us]")) / np.timedelta64(1, "D")
    if kind == "epoch":
        return moments.astype("M8[us]").astype(np.int64) * 10.0 ** (scale - 6)
    if kind == "decimal_year":
        return moments.astype("M8[M]").astype(np.int64) / 12 + 1970
    texts = (
        write_number(one, kind, scale) or re.sub(r"\D", "", str(one))[: 2 * scale + 2] for one in moments
    )
    return np.array([float(text) for text in texts])


def _read_years(numbers: np.ndarray, _: int) -> np.ndarray:
    return _where_whole(numbers, lambda whole: (whole - 1970).astype("M8[Y]"), low=0, high=9999)


def _read_decimal_years(numbers: np.ndarray, _: int) -> np.ndarray:
    months = numbers * 12
    if (np.abs(months - np.round(months)) < _NEAR_MONTH).all():
        return (np.round(months).astype(np.int64) - 12 * 1970).astype("M8[M]").astype("M8[us]")
    years = np.floor(numbers).astype(np.int64)
    first = (years - 1970).astype("M8[Y]").astype("M8[D]")
    days = ((years - 1969).astype("M8[Y]").astype("M8[D]") - first).astype(np.int64)
    return (first + np.round((numbers - years) * days).astype(np.int64)).astype("M8[us]")


def _read_parts(numbers: np.ndarray, decimals: int, *, size: int, parts: int) -> np.ndarray:
    whole = np.round(numbers * 10.0**decimals, 3) if decimals else numbers
    return _where_parts(
        whole, size, parts, lambda year, part: (12 * (year - 1970) + 12 // parts * (part - 1)).astype("M8[M]")
    )


def _read_weeks(numbers: np.ndarray, _: int) -> np.ndarray:
    def monday(year: np.ndarray, part: np.ndarray) -> np.ndarray:
        # The week of 4 January is the first one.
        fourth = (year - 1970).astype("M8[Y]").astype("M8[D]") + 3
        return fourth - weekdays_of(fourth) + 7 * (part - 1)

    return _where_parts(numbers, 100, 53, monday)


def _read_digits(numbers: np.ndarray, count: int) -> np.ndarray:
    def read(whole: np.ndarray) -> np.ndarray:
        year, month, day, *clock = _parts(whole, count)
        months = (12 * (year - 1970) + np.clip(month, 1, 12) - 1).astype("M8[M]")
        days = months.astype("M8[D]") + np.clip(day, 1, 31) - 1
        right = (month >= 1) & (month <= 12) & (days.astype("M8[M]") == months) & (day >= 1)
        seconds = np.zeros(len(whole), dtype=np.int64)
        for part, size in zip(clock, (3600, 60, 1), strict=False):
            seconds += part * size
        return np.where(right, days.astype("M8[us]") + (seconds * 1_000_000).astype("m8[us]"), _NOT_A_TIME)

    return _where_whole(numbers, read, low=1, high=1e15)


def _read_serials(numbers: np.ndarray, _: int) -> np.ndarray:
    seconds = np.round(numbers * _DAY_SECONDS).astype(np.int64)
    return (_EXCEL.astype("M8[s]") + seconds).astype("M8[us]")


def _read_counts(numbers: np.ndarray, decimals: int) -> np.ndarray:
    scaled = numbers * 10.0**decimals
    near = np.round(scaled)
    right = (np.abs(near) < _DAYS) & (np.abs(scaled - near) < 1e-3 * np.maximum(1, np.abs(near)))
    return np.where(right, np.where(right, near, 0).astype(np.int64).astype("M8[D]"), _NOT_A_TIME)


def _read_epoch(numbers: np.ndarray, decimals: int) -> np.ndarray:
    ticks = np.round(numbers * 10.0 ** (6 - decimals))
    right = np.abs(ticks) < _LAST_SECOND * 1e6
    return np.where(right, np.where(right, ticks, 0).astype(np.int64).astype("M8[us]"), _NOT_A_TIME)


def _where_whole(
    numbers: np.ndarray, read: Callable[[np.ndarray], np.ndarray], *, low: float, high: float
) -> np.ndarray:
    moments = np.full(len(numbers), _NOT_A_TIME)
    right = (numbers == np.round(numbers)) & (numbers >= low) & (numbers <= high)
    moments[right] = read(numbers[right].astype(np.int64)).astype("M8[us]")
    return moments


def _where_parts(
    numbers: np.ndarray, size: int, most: int, read: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    years, part = np.divmod(np.nan_to_num(numbers), size)
    right = (numbers == np.round(numbers)) & (part >= 1) & (part <= most) & (years >= 1) & (years <= 9999)
    moments = np.full(len(numbers), _NOT_A_TIME)
    moments[right] = read(years[right].astype(np.int64), part[right].astype(np.int64)).astype("M8[us]")
    return moments


_READ: dict[NumberKind, Callable[[np.ndarray, int], np.ndarray]] = {
    "year": _read_years,
    "decimal_year": _read_decimal_years,
    "year_quarter": partial(_read_parts, size=10, parts=4),
    "year_month": partial(_read_parts, size=100, parts=12),
    "year_week": _read_weeks,
    "digits": _read_digits,
    "serial": _read_serials,
    "count": _read_counts,
    "epoch": _read_epoch,
}
