"""Times of a column: reading them into one form, and writing further ones as the column writes its own."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from podium_ml.values.dates import DateFormat
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts

Moments = np.ndarray
"""``datetime64[us]``, shape ``(n,)``: local times without a zone, or UTC if the column tells zones."""

# Years that whole numbers may mean, and Excel's serial numbers of the days from 1954 to 2119.
_YEARS, _SERIALS = (1500, 2200), (20_000, 80_000)
# Excel counts days from here, so that its wrong 29 February 1900 does not matter for later days.
_EXCEL = np.datetime64("1899-12-30", "D")
_OFFSET = re.compile(r"\d(?:Z|[+-]\d{2}:?\d{2})$")
_SAMPLE = 1_000


@dataclass(frozen=True)
class _Label:
    """A way to write a period of a year as text.

    Attributes:
        pattern: Matches a label; groups ``year`` and ``part``.
        start: Returns the first day of a part of a year.
        parts: Returns year and part of a day.
    """

    pattern: re.Pattern[str]
    start: Callable[[int, int], np.datetime64]
    parts: Callable[[np.datetime64], tuple[int, int]]


def _quarter_start(year: int, part: int) -> np.datetime64:
    if not 1 <= part <= 4:
        return np.datetime64("NaT")
    return np.datetime64(f"{year:04d}-{3 * part - 2:02d}-01", "D")


def _quarter_of(day: np.datetime64) -> tuple[int, int]:
    date = day.astype("M8[D]").item()
    return date.year, (date.month + 2) // 3


def _week_start(year: int, part: int) -> np.datetime64:
    import datetime

    try:
        return np.datetime64(datetime.date.fromisocalendar(year, part, 1), "D")
    except ValueError:
        return np.datetime64("NaT")


def _week_of(day: np.datetime64) -> tuple[int, int]:
    year, week, _ = day.astype("M8[D]").item().isocalendar()
    return year, week


_LABELS = {
    "quarter": (
        _Label(
            re.compile(r"[Qq](?P<part>[1-4])(?P<gap>[\s/_-]*)(?P<year>\d{4})"), _quarter_start, _quarter_of
        ),
        _Label(
            re.compile(r"(?P<year>\d{4})(?P<gap>[\s/_-]*)[Qq](?P<part>[1-4])"), _quarter_start, _quarter_of
        ),
        _Label(
            re.compile(r"(?P<part>[1-4])[Qq](?P<gap>[\s/_-]*)(?P<year>\d{4})"), _quarter_start, _quarter_of
        ),
    ),
    "week": (
        _Label(re.compile(r"(?P<year>\d{4})(?P<gap>[\s/_-]*)[Ww](?P<part>\d{1,2})"), _week_start, _week_of),
        _Label(re.compile(r"[Ww](?P<part>\d{1,2})(?P<gap>[\s/_-]*)(?P<year>\d{4})"), _week_start, _week_of),
    ),
}
StampKind = Literal["moment", "zoned", "year", "serial", "count", "quarter", "week"]


@dataclass(frozen=True)
class StampFormat:
    """How a column writes times.

    Attributes:
        kind: ``moment`` (dates and times without a zone), ``zoned`` (instants), ``year`` (whole numbers), ``serial``
            (Excel's numbers of days), ``count`` (other whole numbers, which stand for themselves), or a label:
            ``quarter`` or ``week``.
        dates: How dates are written.
        zone: Name of the time zone in which instants are written.
        label: A label of the column; further ones are written alike.
    """

    kind: StampKind
    dates: DateFormat = field(default_factory=DateFormat)
    zone: str = ""
    label: str = ""

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Infer how a column writes times.

        Args:
            column: All of its values.
        """
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            return cls("zoned", zone=str(column.dtype.tz))
        if pd.api.types.is_datetime64_dtype(column.dtype):
            return cls("moment")
        texts = _texts(column)
        if texts and (kind := _label_kind(texts)):
            return cls(kind, label=texts[0])
        if texts and all(_OFFSET.search(text) for text in texts[:_SAMPLE]):
            return cls("zoned", zone=_zone_of(texts))
        numbers = _whole_numbers(column)
        if numbers is not None:
            return cls(_number_kind(numbers), dates=DateFormat.plan(pd.Series(numbers)))
        return cls("moment", dates=DateFormat.plan(column))

    def to_dict(self) -> dict[str, Any]:
        """Return the format for a file; see ``from_dict``."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """Return the format that ``to_dict`` stored."""
        return cls(**{**stored, "dates": DateFormat(**stored["dates"])})

    def read(self, column: pd.Series) -> Moments:
        """Return the times of a column, ``NaT`` for what is none.

        A count becomes as many days since 1970, a year its first day, and a label the first day of its period.
        """
        if self.kind == "zoned":
            return _instants(column)
        if self.kind in _LABELS:
            return self._read_labels(column)
        if self.kind in ("year", "serial", "count"):
            return self._read_numbers(column)
        return self.dates.read(column)

    def write(self, moments: Moments) -> list[str]:
        """Return times as texts, as the column writes them; dates as ISO 8601."""
        if self.kind == "zoned":
            local = pd.DatetimeIndex(moments, tz="UTC").tz_convert(self.zone or "UTC")
            return [one.isoformat() for one in local]
        days = moments.astype("M8[D]")
        if self.kind in _LABELS:
            return [self._write_label(day) for day in days]
        if self.kind == "year":
            return [str(day.item().year) for day in days]
        if self.kind == "count":
            return [str(number) for number in days.astype(np.int64)]
        if (moments == days).all():
            return [str(day) for day in days]
        return [str(one).replace("T", " ") for one in moments.astype("M8[s]")]

    def _read_labels(self, column: pd.Series) -> Moments:
        codes, texts = plain_texts(column)
        label = _label_of(self.label)
        starts = np.full(
            len(texts) + 1, np.datetime64("NaT"), dtype="M8[D]"
        )  # the last one is for missing values
        for code, text in enumerate(texts):
            if found := label.pattern.fullmatch(text.strip()):
                starts[code] = label.start(int(found["year"]), int(found["part"]))
        return starts[codes].astype("M8[us]")

    def _write_label(self, day: np.datetime64) -> str:
        label = _label_of(self.label)
        found = label.pattern.fullmatch(self.label)
        assert found is not None
        year, part = label.parts(day)
        width = len(found["part"])
        values = {"year": f"{year:04d}", "part": f"{part:0{width}d}"}
        text = self.label
        for name in sorted(values, key=found.start, reverse=True):
            text = text[: found.start(name)] + values[name] + text[found.end(name) :]
        return text

    def _read_numbers(self, column: pd.Series) -> Moments:
        numbers = read_numbers(column)
        whole = np.isfinite(numbers) & (numbers == np.round(numbers)) & (np.abs(numbers) < 1e8)
        read = np.full(len(numbers), np.datetime64("NaT"), dtype="M8[D]")
        known = numbers[whole].astype(np.int64)
        if self.kind == "year":
            read[whole] = (known - 1970).astype("M8[Y]").astype("M8[D]")
        else:
            read[whole] = known.astype("M8[D]") if self.kind == "count" else _EXCEL + known
        return read.astype("M8[us]")


def _texts(column: pd.Series) -> list[str]:
    """Return the distinct texts of a column that has nothing but texts; else none."""
    if not (pd.api.types.is_object_dtype(column.dtype) or pd.api.types.is_string_dtype(column.dtype)):
        return []
    distinct = column.dropna().unique()
    return [one.strip() for one in distinct] if all(isinstance(one, str) for one in distinct) else []


def _label_kind(texts: Sequence[str]) -> StampKind | None:
    for kind, labels in _LABELS.items():
        if any(all(label.pattern.fullmatch(text) for text in texts) for label in labels):
            return kind  # type: ignore[return-value]
    return None


def _label_of(text: str) -> _Label:
    return next(one for labels in _LABELS.values() for one in labels if one.pattern.fullmatch(text))


def _zone_of(texts: Sequence[str]) -> str:
    """Return the offset of all texts, or UTC if there are several, as on both sides of a clock change."""
    offsets = {text[-6:] if text[-3] == ":" else text[-5:] for text in texts if not text.endswith("Z")}
    return offsets.pop() if len(offsets) == 1 and not any(text.endswith("Z") for text in texts) else "UTC"


def _instants(column: pd.Series) -> Moments:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    read = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
    return read.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")


def _whole_numbers(column: pd.Series) -> np.ndarray | None:
    """Return the numbers of a column of whole numbers, also written as texts of digits; else ``None``."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        texts = _texts(column)
        if not texts or not all(text.isascii() and text.isdigit() for text in texts):
            return None
    numbers = read_numbers(column)
    numbers = numbers[np.isfinite(numbers)]
    return numbers if len(numbers) and (numbers == np.round(numbers)).all() else None


def _number_kind(numbers: np.ndarray) -> StampKind:
    low, high = numbers.min(), numbers.max()
    if _YEARS[0] <= low and high <= _YEARS[1]:
        return "year"
    if _SERIALS[0] <= low and high <= _SERIALS[1]:
        return "serial"
    return "count" if high < 1e7 else "moment"  # larger ones are YYYYMMDD, or seconds since 1970
