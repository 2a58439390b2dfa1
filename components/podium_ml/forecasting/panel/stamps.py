"""Times of a column: reading them into one form, and writing further ones as the column writes its own."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd

from podium_ml.contracts.reading import Mark
from podium_ml.errors import DataError
from podium_ml.forecasting.panel.labels import LabelForm, LabelKind, bare_forms, find_form, template
from podium_ml.forecasting.panel.month_names import in_english, in_own_words, own_names
from podium_ml.forecasting.panel.number_times import (
    NumberKind,
    kind_of_numbers,
    read_numbers_as,
    scale_of,
    to_numbers,
    write_number,
)
from podium_ml.forecasting.panel.remarks import common_ending, without_remark
from podium_ml.forecasting.panel.zones import (
    offset_of,
    read_instants,
    to_instants,
    to_local,
    without_offset,
    zone_of,
)
from podium_ml.values.date_patterns import ISO, SEPARATOR, PatternChoice
from podium_ml.values.dates import DateFormat, choose_patterns
from podium_ml.values.digits import plain_digits
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts

Moments = np.ndarray
"""``datetime64[us]``, shape ``(n,)``: local times without a zone, or UTC if the column tells zones."""

StampKind = Literal["moment", "zoned"] | NumberKind | LabelKind

_NUMBERS, _LABELS = get_args(NumberKind), get_args(LabelKind)
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\d+)?")
# A month such as 03.2020, which is no number.
_MONTH = re.compile(r"(?:0?[1-9]|1[0-2])\.(?:19|20)\d{2}|(?:19|20)\d{2}\.(?:0[1-9]|1[0-2])")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_LEAP_SECOND = re.compile(r":60(?=$|\D)")
_SECOND = np.timedelta64(1, "s")
# The end of a day, as hours that are counted from 1 to 24 write it.
_END_OF_DAY = re.compile(r"(?<=[T ])24(?=:00(?::00(?:\.0+)?)?$)")
_DAY = np.timedelta64(1, "D")
_SAMPLE = 2_000
_ISO_MONTH = "%Y-%m"
# What the pattern of a month does not have; ISO 8601 is no pattern.
_DAY_OR_TIME = re.compile(r"%[djHIMSfzZ]|^[^%]*$")
# Gaps that vary by more than this part of their mean are irregular; months vary by 0.03.
_UNEVEN = 0.1
_SHOWN_OFFSETS = 4


@dataclass(frozen=True)
class StampFormat:
    """How a column writes times.

    Attributes:
        kind: ``moment`` (dates and times without a zone), ``zoned`` (instants), a kind of numbers, or a kind of labels;
            see ``number_times`` and ``labels``. Counts stand for themselves.
        dates: How dates are written.
        zone: Time zone in which instants are written: a name, or an offset from UTC.
        label: A label of the column; further ones are written alike. Of instants, how UTC is written, if it is ``Z``.
        scale: Scale of numbers; see ``scale_of``.
        is_local: Whether instants are read as local times of their zone, as those of days must be: a day on which the
            clocks change has 23 or 25 hours.
        doubt: What a user should know of this reading, if it may be wrong; else empty.
        months: ``strftime`` pattern of months without a day, such as ``03/2020``; else empty.
        names: Names of the twelve months as the column writes them, if not as English abbreviations.
        decimal: Decimal mark of numbers.
        has_remarks: Whether times are followed by remarks, such as ``2023 (estimated)``.
        ending: What all times end with, such as the name of a zone.
        ignores_offsets: Whether times of several zones are read as local ones, because they are days.
    """

    kind: StampKind
    dates: DateFormat = field(default_factory=DateFormat)
    zone: str = ""
    label: str = ""
    scale: int = 0
    is_local: bool = False
    doubt: str = ""
    months: str = ""
    names: tuple[str, ...] = ()
    decimal: Mark = "."
    has_remarks: bool = False
    ending: str = ""
    ignores_offsets: bool = False

    @classmethod
    def plan(cls, column: pd.Series) -> Self:
        """Infer how a column writes times.

        Args:
            column: All of its values.

        Raises:
            DataError: The column contradicts itself: some times have an offset and others none, or some dates have the
                day first and others the month.
        """
        texts = _texts(column)
        ending = common_ending(texts)
        plain = [without_remark(text, ending) for text in texts]
        if plain != texts and len(set(plain)) == len(texts) and not cls._of_all(texts, column.name):
            found = cls._of_all(plain, column.name)
            if found:
                return replace(found, has_remarks=True, ending=ending)
        return cls._plan(column)

    @classmethod
    def _of_all(cls, texts: Sequence[str], name: Hashable) -> Self | None:
        """Return how texts write times, ``None`` if one of them is no time."""
        column = pd.Series(texts, dtype="string", name=name)
        try:
            found = cls._plan(column)
        except DataError:
            return None
        return None if np.isnat(found.read(column)).any() else found

    @classmethod
    def _plan(cls, column: pd.Series) -> Self:
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            return cls._zoned(str(column.dtype.tz), _instants(column.drop_duplicates().dropna()))
        if pd.api.types.is_datetime64_dtype(column.dtype):
            return cls("moment")
        texts = _texts(column)
        mark: Mark = "," if _have_decimal_commas(texts) else "."
        numbers = _numbers(column, texts, mark)
        if numbers is not None:
            kind = kind_of_numbers(numbers)
            return cls(kind, scale=scale_of(numbers, kind), decimal=mark)
        if texts and (form := find_form(texts)):
            return cls(form.kind, label=template(form, texts))
        if texts and _have_offsets(texts, str(column.name)):
            zone = zone_of(texts[:: max(1, len(texts) // _SAMPLE)])
            if not zone:
                return cls._of_several_zones(column, texts)
            found = cls._zoned(zone, read_instants(pd.Series(texts, dtype="string")))
            return replace(found, label="Z") if all(text.endswith("Z") for text in texts) else found
        return cls._dates(column)

    @classmethod
    def _of_several_zones(cls, column: pd.Series, texts: Sequence[str]) -> Self:
        """Return how times of several zones are written: days of the own zone of each, or instants."""
        offsets = ", ".join(sorted({offset_of(text) for text in texts})[:_SHOWN_OFFSETS])
        doubt = f"Times have several offsets from UTC ({offsets}), which no single time zone has."
        local = pd.Series(map(without_offset, texts), dtype="string", name=column.name)
        found = cls._dates(local)
        if len(set(_times_of_day(found.read(local)))) > 1:
            return cls("zoned", zone="UTC", doubt=doubt)
        return replace(found, ignores_offsets=True, doubt=doubt)

    @classmethod
    def _zoned(cls, zone: str, instants: Moments) -> Self:
        local = to_local(instants[~np.isnat(instants)], zone)
        has_one_offset = zone[:1] in "+-" or zone.upper().startswith("UTC")
        return cls("zoned", zone=zone, is_local=bool(has_one_offset or len(set(_times_of_day(local))) == 1))

    @classmethod
    def _dates(cls, column: pd.Series) -> Self:
        texts, column = _texts(column), _translated(column.drop_duplicates())
        if texts:
            column = column.astype("string").str.strip().str.replace(_END_OF_DAY, "00", regex=True)
        choice = choose_patterns(column)
        if choice.contradiction:
            first, second = choice.contradiction
            raise DataError(
                f"Time column '{column.name}': '{first}' and '{second}' have day and month in different orders.",
                "Write all dates as YYYY-MM-DD.",
            )
        read = cls("moment", dates=DateFormat(pattern=SEPARATOR.join(choice.patterns) or ISO))
        if read.dates.is_time_of_day:
            raise DataError(
                f"Time column '{column.name}' holds times of day without a date, such as '{_texts(column)[0]}'.",
                "Join date and time of day in one column, like 2024-03-10 14:30.",
            )
        if months := _months_pattern(texts, choice.patterns):
            return replace(read, months=months)
        english = [in_english(text).title() for text in texts]
        if (names := own_names(texts)) and (months := _months_pattern(english, choice.patterns)):
            return replace(read, months=months, names=names)
        return cls._in_order(column, read, choice)

    @classmethod
    def _in_order(cls, column: pd.Series, read: Self, choice: PatternChoice) -> Self:
        """Where day and month could be exchanged, return the order that makes the times more regular."""
        if not choice.open_example or choice.is_decided:
            return read
        orders = ("day_first", "month_first")
        either = [cls("moment", dates=DateFormat.plan(column, order=order)) for order in orders]  # type: ignore[arg-type]
        uneven = [_unevenness(one.read(column)) for one in either]
        better = either[int(np.argmin(uneven))] if uneven[0] != uneven[1] else read
        if max(uneven) > _UNEVEN:
            return better
        day = str(better.read(pd.Series([choice.open_example]))[0])[:10]
        doubt = f"'{choice.open_example}' was read as {day}; day and month could be exchanged."
        return cls("moment", dates=better.dates, doubt=doubt)

    def to_dict(self) -> dict[str, Any]:
        """Return the format for a file; see ``from_dict``."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """Return the format that ``to_dict`` stored."""
        return cls(
            **{**stored, "dates": DateFormat(**stored["dates"]), "names": tuple(stored.get("names", ()))}
        )

    def read(self, column: pd.Series) -> Moments:
        """Return the times of a column, ``NaT`` for what is none.

        A count becomes as many days since 1970, a year its first day, and a label the first day of its period.
        """
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            instants = _instants(column)
            return to_local(instants, self.zone or "UTC") if self.is_local else instants
        if pd.api.types.is_datetime64_dtype(column.dtype):
            return column.to_numpy(dtype="datetime64[us]")
        if (self.has_remarks or self.ignores_offsets) and not pd.api.types.is_numeric_dtype(column.dtype):
            column = column.map({text: self.without_words(text) for text in column.dropna().unique()}.get)
        if self.kind in _NUMBERS:
            return read_numbers_as(read_numbers(column, decimal=self.decimal), self.kind, self.scale)  # type: ignore[arg-type]
        if pd.api.types.is_numeric_dtype(column.dtype):
            return self.dates.read(column)
        codes, texts = plain_texts(column)
        texts = [plain_digits(text) for text in texts]
        moments = self._read_texts(texts) if texts else np.zeros(0, dtype="M8[us]")
        return np.append(moments, np.datetime64("NaT", "us"))[codes]

    def _read_texts(self, texts: list[str]) -> Moments:
        """Read distinct texts."""
        if self.kind in _LABELS:
            form = self._form()
            return np.array([form.start(text) for text in texts], dtype="M8[D]").astype("M8[us]")
        values = pd.Series(texts, dtype="string").str.strip()
        ends = values.str.contains(_END_OF_DAY).to_numpy(dtype=bool)
        moments = self._read_moments(values.str.replace(_END_OF_DAY, "00", regex=True))
        moments = np.where(ends, moments + _DAY, moments) if ends.any() else moments
        leap = np.isnat(moments) & values.str.contains(_LEAP_SECOND).to_numpy(dtype=bool)
        if leap.any():
            moments = moments.copy()
            moments[leap] = (
                self._read_moments(values[leap].str.replace(_LEAP_SECOND, ":59", regex=True)) + _SECOND
            )
        return moments

    def _read_moments(self, values: pd.Series) -> Moments:
        if self.kind != "zoned":
            return self.dates.read(_translated(values))
        instants = read_instants(values)
        return to_local(instants, self.zone) if self.is_local else instants

    def without_words(self, text: str) -> str:
        """Return a text without what is no part of the time; see ``has_remarks`` and ``ignores_offsets``."""
        plain = without_remark(plain_digits(text), self.ending) if self.has_remarks else plain_digits(text)
        return without_offset(plain) if self.ignores_offsets else plain

    def write(self, moments: Moments) -> list[str]:
        """Return times as texts, as the column writes them; dates as ISO 8601."""
        distinct, places = np.unique(np.asarray(moments, dtype="M8[us]"), return_inverse=True)
        texts = np.array([text + self.ending for text in self._write(distinct)], dtype=object)
        return list(texts[places])

    def _write(self, moments: Moments) -> list[str]:
        if self.kind == "zoned":
            zone = self.zone or "UTC"
            local = (
                to_instants(moments, zone)
                if self.is_local
                else pd.DatetimeIndex(moments, tz="UTC").tz_convert(zone)
            )
            return [one.isoformat().replace("+00:00", self.label or "+00:00") for one in local]
        if self.kind in _LABELS:
            form = self._form()
            return [form.write(day, self.label) for day in moments.astype("M8[D]")]
        if self.kind in _NUMBERS:
            numbers = [write_number(one, self.kind, self.scale) for one in moments]  # type: ignore[arg-type]
            if all(numbers):
                return [one.replace(".", self.decimal) for one in numbers]
        if self.months and (moments == moments.astype("M8[M]")).all():
            return [in_own_words(one.strftime(self.months), self.names) for one in pd.DatetimeIndex(moments)]
        return _write_dates(moments)

    def column(self, moments: Moments, dtype: Any) -> pd.Series:
        """Return times as a column of a type holds them: numbers, moments, instants or texts."""
        if isinstance(dtype, pd.DatetimeTZDtype):
            instants = (
                to_instants(moments, self.zone) if self.is_local else pd.DatetimeIndex(moments, tz="UTC")
            )
            return pd.Series(instants).astype(dtype)
        if pd.api.types.is_datetime64_dtype(dtype):
            return pd.Series(moments).astype(dtype)
        if self.kind in _NUMBERS:
            numbers = to_numbers(moments, self.kind, self.scale)  # type: ignore[arg-type]
            if pd.api.types.is_numeric_dtype(dtype):
                return pd.Series(numbers)
            return pd.Series(
                [f"{one:.9f}".rstrip("0").rstrip(".").replace(".", self.decimal) for one in numbers]
            )
        return pd.Series(self.write(moments))

    def _form(self) -> LabelForm:
        form = find_form([self.label], self.kind)
        assert form is not None
        return form


def _months_pattern(texts: Sequence[str], patterns: Sequence[str]) -> str:
    """Return the pattern that all texts are written by, if they are months without a day; else an empty text."""
    some = texts[:: max(1, len(texts) // _SAMPLE)]
    full = [one.replace("%b", "%B") for one in patterns]
    every = [*patterns, *full, *(one.replace(" ", ", ") for one in (*patterns, *full)), _ISO_MONTH]
    for pattern in dict.fromkeys(one for one in every if some and not _DAY_OR_TIME.search(one)):
        read = pd.to_datetime(pd.Series(some), format=pattern, errors="coerce")
        if read.notna().all() and (read.dt.strftime(pattern) == some).all():
            return pattern
    return ""


def _times_of_day(moments: Moments) -> list[int]:
    """Return microseconds since midnight."""
    known = moments[~np.isnat(moments)]
    times: list[int] = (known - known.astype("M8[D]")).astype(np.int64).tolist()
    return times


def _write_dates(moments: Moments) -> list[str]:
    for unit in ("D", "s"):
        shorter = moments.astype(f"M8[{unit}]")
        if (shorter == moments).all():
            return [str(one).replace("T", " ") for one in shorter]
    return [str(one).replace("T", " ") for one in moments]


def _unevenness(moments: Moments) -> float:
    """Return how much gaps between neighbours vary, relative to their mean; near 0 for regular times."""
    gaps = np.diff(np.unique(moments[~np.isnat(moments)])).astype(np.float64)
    return float(gaps.std() / gaps.mean()) if len(gaps) else 0.0


def _texts(column: pd.Series) -> list[str]:
    """Return the distinct texts of a column that has nothing but texts; else none."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if not (pd.api.types.is_object_dtype(column.dtype) or pd.api.types.is_string_dtype(column.dtype)):
        return []
    distinct = column.dropna().unique()
    texts = [plain_digits(one).strip() for one in distinct if isinstance(one, str)]
    return [one for one in texts if one] if len(texts) == len(distinct) else []


def _translated(column: pd.Series) -> pd.Series:
    """Return the dates of a column with names of months in English."""
    texts = column.dropna().astype(str)
    if not all(map(str.isascii, texts.unique())):
        column = column.map({text: plain_digits(text) for text in texts.unique()}, na_action="ignore")
        texts = column.dropna().astype(str)
    if not texts.str.contains(_LETTERS, regex=True).any():
        return column
    translation = {text: in_english(text) for text in texts.unique()}
    return column.map(translation, na_action="ignore").astype("string")


def _have_offsets(texts: Sequence[str], name: str) -> bool:
    """Whether times have an offset from UTC; raises an error if some have one and others none."""
    example = next((text for text in texts if offset_of(text)), "")
    without = next(
        (text for text in texts if not offset_of(text) and any(char.isdigit() for char in text)), ""
    )
    if example and without:
        raise DataError(
            f"Time column '{name}': '{example}' has an offset from UTC, '{without}' has none.",
            "Write all times with their offset, or all without.",
        )
    return bool(example)


def _instants(column: pd.Series) -> Moments:
    return column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")


def _numbers(column: pd.Series, texts: Sequence[str], mark: Mark) -> np.ndarray | None:
    """Return the finite numbers of a column of numbers, also written as texts; else ``None``."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        form = _COMMA_NUMBER if mark == "," else _NUMBER
        if not texts or not all(form.fullmatch(text) for text in texts):
            return None
        if all(_MONTH.fullmatch(text) for text in texts) or bare_forms(texts):
            return None
        column = pd.Series(texts)
    numbers = read_numbers(column, decimal=mark)
    numbers = numbers[np.isfinite(numbers)]
    return numbers if len(numbers) else None


def _have_decimal_commas(texts: Sequence[str]) -> bool:
    """Whether texts are numbers with a decimal comma; in ``45,000`` it may stand for thousands."""
    found = [_COMMA_NUMBER.fullmatch(text) for text in texts]
    return all(found) and any(one[1] and len(one[1]) != 4 for one in found if one)
