"""Columns of dates and times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.dates import DateFormat

_DAY = 86_400_000_000  # microseconds


def _days(moments: np.ndarray) -> np.ndarray:
    return moments.view(np.int64) / _DAY


def _hour(moments: np.ndarray) -> np.ndarray:
    return moments.view(np.int64) % _DAY / (_DAY / 24)


def _weekday(moments: np.ndarray) -> np.ndarray:
    return (moments.view(np.int64) // _DAY + 3) % 7  # 1 January 1970 was a Thursday


def _month(moments: np.ndarray) -> np.ndarray:
    return moments.astype("M8[M]").view(np.int64) % 12 + 1


def _year(moments: np.ndarray) -> np.ndarray:
    return moments.astype("M8[Y]").view(np.int64) + 1970


def _day(moments: np.ndarray) -> np.ndarray:
    return (moments.astype("M8[D]") - moments.astype("M8[M]").astype("M8[D]")).view(np.int64) + 1


def _day_of_year(moments: np.ndarray) -> np.ndarray:
    return (moments.astype("M8[D]") - moments.astype("M8[Y]").astype("M8[D]")).view(np.int64)


PARTS: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "days": ("days since 1 January 1970, with the time of day as a fraction", _days),
    "year": ("year", _year),
    "month": ("month, 1 to 12", _month),
    "day": ("day of the month", _day),
    "weekday": ("day of the week, 0 for Monday", _weekday),
    "weekend": ("1 on Saturday and Sunday", lambda moments: _weekday(moments) >= 5),
    "hour": ("time of day in hours", _hour),
    "season_sin": (
        "day of the year on a circle, sine",
        lambda m: np.sin(2 * np.pi * _day_of_year(m) / 365.25),
    ),
    "season_cos": (
        "day of the year on a circle, cosine",
        lambda m: np.cos(2 * np.pi * _day_of_year(m) / 365.25),
    ),
    "hour_sin": ("time of day on a circle, sine", lambda moments: np.sin(2 * np.pi * _hour(moments) / 24)),
    "hour_cos": ("time of day on a circle, cosine", lambda moments: np.cos(2 * np.pi * _hour(moments) / 24)),
}
_TIME_OF_DAY = ("hour", "hour_sin", "hour_cos")


@dataclass(frozen=True)
class MomentColumn:
    """The parts of a date that vary, and the date itself as a number of days; of times of day, the hour on a circle.

    Attributes:
        format: How the column writes dates and times.
        names: Names of the ``PARTS`` that are made.
    """

    format: DateFormat
    names: tuple[str, ...]

    @classmethod
    def plan(cls, column: pd.Series, date_format: DateFormat | None = None) -> Self:
        """Find the parts that vary.

        Args:
            column: The training rows.
            date_format: How they write dates and times; ``None`` infers it.
        """
        date_format = date_format or DateFormat.plan(column)
        if date_format.is_time_of_day:
            return cls(format=date_format, names=_TIME_OF_DAY)
        moments = pd.factorize(date_format.read(column))[1]
        varying = [name for name, (_, part) in PARTS.items() if _varies(part(moments))]
        return cls(format=date_format, names=tuple(dict.fromkeys(["days", *varying])))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The date and its parts."""
        return tuple(Part(name, "numeric", PARTS[name][0]) for name in self.names)

    def transform(self, column: pd.Series) -> list[Any]:
        """Return float64 arrays, NaN for missing. Days are often repeated, so each is looked at only once."""
        rows, moments = pd.factorize(self.format.read(column))
        return [np.append(PARTS[name][1](moments), np.nan)[rows] for name in self.names]


def _varies(values: np.ndarray) -> bool:
    return len(values) > 0 and bool((values != values[0]).any())
