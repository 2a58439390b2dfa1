"""Periods as labels: ``Q1 2009``, ``2012-W01``, ``2020M03``, ``2021 H2``, ``FY2020/21``, ``III 2020``, ``3/2020``."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

LabelKind = Literal["quarter", "half", "month", "week", "year_label", "day_of_year"]

_NO_DAY = np.datetime64("NaT")
_MONTHS = {"quarter": 3, "half": 6, "month": 1}
# Two digits of a year up to this are years of this century.
_LATEST = 69
_SURE = 0.9
_YEAR = r"(?P<prefix>(?:FY|CY|AY|SY|GJ)[\s']*)?'?(?P<year>\d{4}|\d{2})"
_LONG_YEAR = r"(?P<year>(?:19|20)\d{2})"
_GAP = r"(?P<gap>[\s/_.,-]*(?:(?:of|de|del)\s+)?)"
_PART = r"(?P<part>\d{1,2})(?P<ordinal>st|nd|rd|th|º|\.)?"
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN = rf"(?P<part>{'|'.join(sorted(_ROMANS, key=len, reverse=True))})\.?"
# Words for a part of a year, and the numbers that it may have.
_WORDS: dict[LabelKind, tuple[str, int]] = {
    "quarter": (r"(?:Q|QTR|Quarter|Quartal|T|Trim|Trimestre|kwartał|кв|квартал)\.?", 4),
    "half": (r"(?:H|HY|S|Sem|Semester|Semestre|Half|Halbjahr)\.?", 2),
    "month": (r"(?:M|P|Month|Period)\.?", 12),
    "week": (r"(?:W|WK|Week|KW|CW|S)\.?", 53),
}
_FORMS = (
    rf"{_YEAR}{_GAP}WORD[\s-]?{_PART}(?:(?:-|(?<=W\d\d))(?P<day>[1-7]))?",
    rf"WORD[\s-]?{_PART}{_GAP}{_YEAR}",
    rf"{_PART}\s?WORD{_GAP}{_YEAR}",
    rf"{_YEAR}{_GAP}{_PART}\s?WORD",
)
# Forms with Roman numbers, and those of Chinese, Japanese and Korean.
_ROMAN_FORMS = (
    rf"(?:WORD\s?)?{_ROMAN}(?:\s?(?:WORD|kw\.?))?{_GAP}{_LONG_YEAR}",
    rf"{_LONG_YEAR}{_GAP}(?:WORD\s?)?{_ROMAN}(?:\s?(?:WORD|kw\.?))?",
)
_EAST_ASIAN: dict[LabelKind, str] = {
    "quarter": "(?:季度?|四半期|분기)",
    "month": "[月월]",
    "week": "[周週주]",
}
# Without a word, such as 1/2010 and 2010-12; see ``bare_forms``.
_BARE_FORMS = (rf"(?P<part>\d{{1,2}})[/.-]{_LONG_YEAR}", rf"{_LONG_YEAR}[/.-](?P<part>\d{{1,2}})")
_BARE_WEEKS = (rf"(?P<part>\d{{1,2}})[/-]{_LONG_YEAR}", rf"{_LONG_YEAR}[/-](?P<part>\d{{1,2}})")
_FEWEST_BARE = 5
_MOST_SHORT_YEARS = 80
_FISCAL = r"(?P<prefix>(?:FY|CY|AY|SY|GJ)[\s']*)"
_TWO_YEARS = rf"{_FISCAL}?(?P<year>\d{{4}}|\d{{2}})[/–-](?P<next>\d{{4}}|\d{{2}})"
_PATTERNS: list[tuple[LabelKind, int, re.Pattern[str]]] = [
    *(
        (kind, most, re.compile(form.replace("WORD", word), re.IGNORECASE))
        for kind, (word, most) in _WORDS.items()
        for form in _FORMS
    ),
    *(
        (kind, _WORDS[kind][1], re.compile(form.replace("WORD", _WORDS[kind][0]), re.IGNORECASE))
        for kind in ("quarter", "month")
        for form in _ROMAN_FORMS
    ),
    *(
        (kind, _WORDS[kind][1], re.compile(rf"{_LONG_YEAR}\s?[年년]\s?第?(?P<part>\d{{1,2}}){word}"))
        for kind, word in _EAST_ASIAN.items()
    ),
    ("year_label", 0, re.compile(rf"{_LONG_YEAR}\s?[年년]")),
    ("year_label", 0, re.compile(rf"{_FISCAL}(?P<year>\d{{4}}|\d{{2}})", re.IGNORECASE)),
    ("year_label", 0, re.compile(_TWO_YEARS, re.IGNORECASE)),
    ("day_of_year", 366, re.compile(r"(?P<year>\d{4})(?P<gap>-)(?P<part>\d{3})")),
]
_BARE: list[tuple[LabelKind, int, re.Pattern[str]]] = [
    *((kind, _WORDS[kind][1], re.compile(form)) for kind in ("quarter", "month") for form in _BARE_FORMS),
    *(("week", 53, re.compile(form)) for form in _BARE_WEEKS),
    ("year_label", 0, re.compile(r"(?P<year>\d{2})")),
]


@dataclass(frozen=True)
class LabelForm:
    """One way to write periods.

    Attributes:
        kind: What the periods are.
        most: The greatest number of a part of a year.
        pattern: Matches a label.
    """

    kind: LabelKind
    most: int
    pattern: re.Pattern[str]

    def start(self, text: str) -> np.datetime64:
        """Return the first day of the period of a label, ``NaT`` if the text is none."""
        found = self.pattern.fullmatch(text.strip())
        if found is None:
            return _NO_DAY
        groups, year = found.groupdict(), _full_year(found["year"])
        if groups.get("next") and _full_year(groups["next"]) != year + 1:
            return _NO_DAY
        part = _number(groups.get("part") or "1")
        if not 1 <= part <= max(1, self.most):
            return _NO_DAY
        return _first_day(self.kind, year, part, int(groups.get("day") or 1))

    def write(self, day: np.datetime64, like: str) -> str:
        """Return the label of the period of a day.

        Args:
            day: The day.
            like: A label; the new one is written alike.
        """
        like = like.strip()
        found = self.pattern.fullmatch(like)
        assert found is not None
        year, part = _parts(self.kind, day)
        groups = {name: text for name, text in found.groupdict().items() if text is not None}
        new = {"year": _like_year(year, groups["year"])}
        if "next" in groups:
            new["next"] = _like_year(year + 1, groups["next"])
        if "part" in groups:
            new["part"] = _number_like(part, groups["part"])
        if "day" in groups:
            new["day"] = str(int(weekdays_of(day)) + 1)
        if groups.get("ordinal", ".") not in (".", "º"):
            new["ordinal"] = {1: "st", 2: "nd", 3: "rd"}.get(part, "th")
        for name in sorted(new, key=found.start, reverse=True):
            like = like[: found.start(name)] + new[name] + like[found.end(name) :]
        return like


def find_form(texts: Sequence[str], kind: str = "") -> LabelForm | None:
    """Return the form that nearly all texts have; ``None`` if there is none.

    Args:
        texts: Distinct texts.
        kind: The kind of the form, if it is known.
    """
    for found, most, pattern in [*_PATTERNS, *(_BARE if kind else bare_forms(texts))]:
        if kind and found != kind:
            continue
        if not pattern.fullmatch(texts[0].strip()) and not pattern.fullmatch(texts[-1].strip()):
            continue
        form = LabelForm(found, most, pattern)
        if np.mean([not np.isnat(form.start(text)) for text in texts]) >= _SURE:
            return form
    return None


def _are_short_years(texts: Sequence[str]) -> bool:
    """Whether numbers of two digits are years that pass 1999: there is a 99 and a 00, and not all else."""
    if not {"99", "00"} <= set(texts) or not all(len(text) == 2 and text.isdecimal() for text in texts):
        return False
    years = [_full_year(text) for text in texts]
    return max(years) - min(years) < _MOST_SHORT_YEARS


def bare_forms(texts: Sequence[str]) -> list[tuple[LabelKind, int, re.Pattern[str]]]:
    """Return the form of numbers without words: ``1/2010``, if all quarters or all months occur and no others; ``98``.

    Months of two digits, such as ``01/2010``, are read as dates. Numbers up to 52 or 53, as in ``2010-52``, are weeks.
    """
    if _are_short_years(texts):
        return _BARE[-1:]
    if len(texts) < _FEWEST_BARE or len(texts[0]) > len("12/2010"):
        return []
    for kind, most, pattern in _BARE[:-1]:
        found = [pattern.fullmatch(text.strip()) for text in texts]
        parts = {one["part"] for one in found if one}
        are_weeks = kind == "week" and 12 < max(map(int, parts), default=0) <= most and "00" not in parts
        if all(found) and (are_weeks or parts == set(map(str, range(1, most + 1)))):
            return [(kind, most, pattern)]
    return []


def template(form: LabelForm, texts: Sequence[str]) -> str:
    """Return the label that shows best how further ones are written: whether ``3`` or ``03``."""
    labels = [text for text in texts if not np.isnat(form.start(text))]
    return min(labels, key=lambda text: _parts(form.kind, form.start(text))[1])


def _first_day(kind: LabelKind, year: int, part: int, weekday: int) -> np.datetime64:
    if kind in _MONTHS:
        return np.datetime64(f"{year:04d}-{1 + (part - 1) * _MONTHS[kind]:02d}-01", "D")
    if kind == "week":
        try:
            return np.datetime64(datetime.date.fromisocalendar(year, part, weekday), "D")
        except ValueError:
            return _NO_DAY
    first = np.datetime64(f"{year:04d}-01-01", "D")
    day = first + (part - 1)
    return day if day.astype("M8[Y]") == first.astype("M8[Y]") else _NO_DAY


def _parts(kind: LabelKind, day: np.datetime64) -> tuple[int, int]:
    """Return the year and the number of the period in it."""
    if kind == "week":
        return iso_week(day)
    first = day.astype("M8[Y]")
    year = int(first.astype(int)) + 1970
    if kind in _MONTHS:
        return year, int(day.astype("M8[M]").astype(int)) % 12 // _MONTHS[kind] + 1
    return year, int((day.astype("M8[D]") - first.astype("M8[D]")).astype(int)) + 1


def iso_week(day: np.datetime64) -> tuple[int, int]:
    """Return the year and the number of the ISO week of a day; a week belongs to the year of its Thursday."""
    thursday = day.astype("M8[D]") + 3 - int(weekdays_of(day))
    first = thursday.astype("M8[Y]")
    return int(first.astype(int)) + 1970, int((thursday - first.astype("M8[D]")).astype(int)) // 7 + 1


def weekdays_of(days: np.ndarray | np.datetime64) -> np.ndarray:
    """Return the weekdays of days, 0 for Monday; 1 January 1970 was a Thursday."""
    return (days.astype("M8[D]").astype(np.int64) + 3) % 7


def _full_year(text: str) -> int:
    if len(text) > 2:
        return int(text)
    return int(text) + (2000 if int(text) <= _LATEST else 1900)


def _number(text: str) -> int:
    """Return a number that is written with digits or in Roman."""
    return int(text) if text.isdecimal() else 1 + _ROMANS.index(text.upper())


def _number_like(number: int, like: str) -> str:
    if like.isdecimal():
        return f"{number:0{len(like)}d}"
    return _ROMANS[number - 1] if like.isupper() else _ROMANS[number - 1].lower()


def _like_year(year: int, like: str) -> str:
    return f"{year:04d}" if len(like) > 2 else f"{year % 100:02d}"
