"""Dates and times in columns of any type: inferring the format of a column, and reading it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from podium_ml.values.date_patterns import (
    ISO,
    SEPARATOR,
    Order,
    PatternChoice,
    find_patterns,
    is_time_of_day,
    read_pattern,
)
from podium_ml.values.month_names import with_english_months
from podium_ml.values.plain_text import plain_texts

Unit = Literal["s", "ms", "us", "ns", "years", "months"]

_OFFSET = r":\d{2}(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$"
_SAMPLE = 5_000
# What may hold the name of a month, or is written in Chinese, Japanese or Korean.
_NAMED = "[A-Za-zÀ-žА-я]{3}|[年년]"
# Numbers below these limits are seconds, milliseconds, ... since 1970, for dates from 1973 to 5138.
_UNITS: tuple[tuple[float, Unit], ...] = ((1e11, "s"), (1e14, "ms"), (1e17, "us"), (np.inf, "ns"))


@dataclass(frozen=True)
class DateFormat:
    """How a column writes dates and times.

    Attributes:
        pattern: ``strptime`` patterns of texts to try in turn, separated by ``" | "``; see ``date_patterns``.
        unit: Unit of numbers, counted since 1970; ``years`` for ``YYYY``, ``months`` for ``YYYYMM``, and empty for
            ``YYYYMMDD``.
        zone: Time zone of the training rows, whose local time is kept; empty for none.
    """

    pattern: str = ISO
    unit: Unit | Literal[""] = "s"
    zone: str = ""

    @classmethod
    def plan(cls, column: pd.Series, *, order: Order | Literal[""] = "") -> Self:
        """Infer how a column writes dates and times.

        Args:
            column: All of its values.
            order: Order of day and month where the column allows both, as in ``01/02/2024``; empty if unknown.
        """
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            return cls(zone=str(column.dtype.tz))
        if pd.api.types.is_datetime64_dtype(column.dtype):
            return cls()
        if pd.api.types.is_numeric_dtype(column.dtype):
            return cls(unit=_find_unit(column))
        return cls(pattern=SEPARATOR.join(choose_patterns(column, order=order).patterns) or ISO)

    @property
    def is_time_of_day(self) -> bool:
        """Whether the column holds times of day, without dates."""
        return is_time_of_day(self.pattern)

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
            return read_pattern(texts, "%Y%m%d")
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if self.unit in ("years", "months"):
            return _read_months(numbers if self.unit == "months" else numbers * 100 + 1)
        microseconds = numbers * {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[self.unit]
        microseconds[~(np.abs(microseconds) < 2.5e17)] = np.nan  # beyond the year 9999
        return (
            np.where(np.isnan(microseconds), np.iinfo(np.int64).min, microseconds)
            .astype("int64")
            .view("M8[us]")
        )

    def _read_texts(self, column: pd.Series) -> np.ndarray:
        texts = _strings(column)
        # Models of earlier versions know the full names of months.
        first, *others = dict.fromkeys((*self.pattern.replace("%B", "%b").split(SEPARATOR), ISO))
        moments = read_pattern(texts, first)
        for pattern in others:
            failed = np.isnat(moments) & texts.notna().to_numpy()
            if not failed.any():
                break
            moments[failed] = read_pattern(texts[failed], pattern)
        if self.zone:
            away = texts.str.contains(_OFFSET, regex=True, na=False).to_numpy(dtype=bool)
            moments[away] = _to_zone(moments[away], self.zone)
        return moments


def common_order(columns: Iterable[pd.Series]) -> Order | Literal[""]:
    """Return the order of day and month that columns of dates in text require; empty if none does, or they disagree."""
    texts = (one for one in columns if not pd.api.types.is_numeric_dtype(one) and one.dtype.kind != "M")
    orders = {order for one in texts if (order := choose_patterns(one).order)}
    return orders.pop() if len(orders) == 1 else ""


def _read_months(numbers: np.ndarray) -> np.ndarray:
    """Read numbers like 202403; ``NaT`` for others."""
    year, month = np.divmod(numbers, 100)
    wrong = ~((year >= 0) & (year < 10_000) & (month >= 1) & (month <= 12))
    months = np.where(wrong, 0, (year - 1970) * 12 + month - 1).astype(np.int64).view("M8[M]")
    return np.where(wrong, np.datetime64("NaT"), months).astype("M8[us]")


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
    stripped: Any = column.astype("string").str.strip()
    has_name = stripped.str.contains(_NAMED, regex=True, na=False).to_numpy(dtype=bool)
    if not has_name.any():
        return stripped
    plain = {text: with_english_months(text) for text in stripped[has_name].unique()}
    return stripped.map(lambda text: plain.get(text, text), na_action="ignore").astype("string")


def choose_patterns(column: pd.Series, *, order: Order | Literal[""] = "") -> PatternChoice:
    """Return the patterns of a column of texts; see ``find_patterns``."""
    distinct = _strings(column.dropna()).dropna().drop_duplicates()
    distinct = distinct[distinct != ""]
    return find_patterns(distinct.iloc[:: max(1, len(distinct) // _SAMPLE)].tolist(), order=order)


def _find_unit(column: pd.Series) -> Unit | Literal[""]:
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = np.abs(numbers[np.isfinite(numbers)])
    if not len(numbers):
        return "s"
    if ((numbers >= 1000_01_01) & (numbers <= 2999_12_31) & (numbers % 100 <= 31)).all():
        return ""
    if ((numbers >= 1500) & (numbers <= 2200)).all():
        return "years"
    if ((numbers >= 1500_01) & (numbers <= 2200_12) & (numbers % 100 <= 12) & (numbers % 100 >= 1)).all():
        return "months"
    typical = np.median(numbers)
    return next(unit for limit, unit in _UNITS if typical < limit)
