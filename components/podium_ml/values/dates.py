"""Dates and times in columns of any type: inferring the format of a column, and reading it."""

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

import numpy as np
import pandas as pd

from podium_ml.values.plain_text import plain_texts

Unit = Literal["s", "ms", "us", "ns"]

ISO = "ISO8601"
MIXED = "mixed"
_DAYS = (
    *("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d"),
    *("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d. %B %Y"),
    *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%b-%y"),
    *("%b-%Y", "%b %Y", "%B %Y", "%m/%Y", "%m.%Y", "%Y/%m", "%Y %b", "%a, %d %b %Y", "%a %b %d %Y"),
)
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", " %H:%M:%S %Z")
_PATTERNS = tuple(day + time for time in _TIMES for day in _DAYS)
_EXAMPLE = datetime(2018, 3, 25, 15, 30, 20, tzinfo=UTC)
_OFFSET = r":\d{2}(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$"
_SAMPLE = 1_000
_GOOD_ENOUGH = 0.95
# Numbers below these limits are seconds, milliseconds, ... since 1970, for dates from 1973 to 5138.
_UNITS: tuple[tuple[float, Unit], ...] = ((1e11, "s"), (1e14, "ms"), (1e17, "us"), (np.inf, "ns"))


@dataclass(frozen=True)
class DateFormat:
    """How a column writes dates and times.

    Attributes:
        pattern: ``strptime`` pattern of texts, or ``"ISO8601"`` or ``"mixed"``.
        unit: Unit of numbers, counted since 1970; empty if numbers are written as ``YYYYMMDD``.
        zone: Time zone of the training rows, whose local time is kept; empty for none.
    """

    pattern: str = ISO
    unit: Unit | Literal[""] = "s"
    zone: str = ""

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Infer how a column writes dates and times."""
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            return cls(zone=str(column.dtype.tz))
        if pd.api.types.is_datetime64_dtype(column.dtype):
            return cls()
        if pd.api.types.is_numeric_dtype(column.dtype):
            return cls(unit=_find_unit(column))
        return cls(pattern=_find_pattern(column))

    def read(self, column: pd.Series) -> np.ndarray:
        """Read a column of any type as ``datetime64[us]``; missing and invalid values become ``NaT``."""
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            column = column.dt.tz_convert(self.zone or "UTC").dt.tz_localize(None)
        if pd.api.types.is_datetime64_dtype(column.dtype):
            return column.to_numpy(dtype="datetime64[us]")
        if pd.api.types.is_numeric_dtype(column.dtype):
            return self._read_numbers(column)
        return self._read_texts(column)

    def _read_numbers(self, column: pd.Series) -> np.ndarray:
        if not self.unit:
            texts = column.astype("Float64").round().astype("Int64").astype("string")
            return _parse(texts, "%Y%m%d")
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        microseconds = numbers * {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[self.unit]
        microseconds[~(np.abs(microseconds) < 2.5e17)] = np.nan  # beyond the year 9999
        return (
            np.where(np.isnan(microseconds), np.iinfo(np.int64).min, microseconds)
            .astype("int64")
            .view("M8[us]")
        )

    def _read_texts(self, column: pd.Series) -> np.ndarray:
        texts = _strings(column)
        moments = _parse(texts, self.pattern)
        failed = np.isnat(moments) & texts.notna().to_numpy()
        if failed.any() and self.pattern != ISO:
            moments[failed] = _parse(texts[failed], ISO)
        if self.zone:
            away = texts.str.contains(_OFFSET, regex=True, na=False).to_numpy(dtype=bool)
            moments[away] = _to_zone(moments[away], self.zone)
        return moments


def _to_zone(moments: np.ndarray, zone: str) -> np.ndarray:
    return (
        pd.DatetimeIndex(moments, tz="UTC")
        .tz_convert(zone)
        .tz_localize(None)
        .to_numpy(dtype="datetime64[us]")
    )


def _strings(column: pd.Series) -> pd.Series:
    if pd.api.types.is_object_dtype(column.dtype):
        codes, texts = plain_texts(column)
        column = pd.Series(np.array([*texts, None], dtype=object)[codes], index=column.index)
    return column.astype("string").str.strip()


def _parse(texts: pd.Series, pattern: str) -> np.ndarray:
    moments = pd.to_datetime(texts, format=pattern, utc=True, errors="coerce")
    return moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").copy()


def _find_pattern(column: pd.Series) -> str:
    """Return the pattern that reads the largest share of a sample of the distinct texts."""
    distinct = _strings(column.dropna()).drop_duplicates()
    sample = distinct.iloc[:: max(1, len(distinct) // _SAMPLE)]
    if not len(sample) or _share(sample, ISO) >= _GOOD_ENOUGH:
        return ISO
    shapes = {_shape(text) for text in sample}
    candidates = [pattern for pattern in _PATTERNS if _shape(_EXAMPLE.strftime(pattern)) in shapes]
    best = max([ISO, *candidates], key=lambda pattern: _share(sample, pattern))
    return (
        best if _share(sample, best) >= _GOOD_ENOUGH else max((best, MIXED), key=lambda p: _share(sample, p))
    )


def _shape(text: str) -> str:
    """Return the text with ``0`` for every run of digits and ``a`` for every run of letters."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text))


def _share(texts: pd.Series, pattern: str) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float((~np.isnat(_parse(texts, pattern))).mean())


def _find_unit(column: pd.Series) -> Unit | Literal[""]:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = np.abs(numbers[np.isfinite(numbers)])
    if not len(numbers):
        return "s"
    if ((numbers >= 1000_01_01) & (numbers <= 2999_12_31) & (numbers % 100 <= 31)).all():
        return ""
    typical = np.median(numbers)
    return next(unit for limit, unit in _UNITS if typical < limit)
