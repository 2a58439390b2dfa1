"""Finding the patterns by which a column writes dates and times in text.

A text has a shape, such as ``0/0/0`` for ``25/12/2024``. Each shape of a column gets the pattern that reads the most of
its texts, so one column may mix several. A pattern reads all parts of a text or nothing: what it reads can be written
back.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

Order = Literal["day_first", "month_first"]

ISO = "ISO8601"
QUARTER, WEEK = "quarter", "week"
SEPARATOR = " | "

_DAYS = (
    *("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d"),
    *("%d-%b-%Y", "%d/%b/%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"),
    *("%d. %b %Y", "%d. %B %Y", "%d %b, %Y", "%d %B, %Y", "%Y-%b-%d", "%Y %b %d"),
    *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%d-%b-%y", "%d %b %y", "%d/%b/%y"),
    *("%b-%Y", "%B-%Y", "%b %Y", "%B %Y", "%b/%Y", "%b-%y", "%b %y", "%B %y", "%b '%y", "%b'%y"),
    *("%m/%Y", "%m.%Y", "%m-%Y", "%Y/%m", "%Y.%m", "%Y %b", "%Y %B", "%Y-%b"),
    *("%a, %d %b %Y", "%a %d %b %Y", "%a %b %d %Y", "%A, %B %d, %Y", "%A, %d %B %Y", "%Y-%m-%d"),
    *("%A, %b %d, %Y", "%A, %d %b %Y", "%A, %d. %b %Y", "%Y.%m.%d.", "%Y. %m. %d.", "%Y. %m. %d"),
    *("%y/%m/%d", "%y-%m-%d", "%y.%m.%d", "%d%m%Y", "%m%d%Y"),
)
# Moments whose parts stand in an order of their own: what C and Twitter write, and ISO 8601 without marks.
_MOMENTS = (
    *("%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Z %Y"),
    *("%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M"),
    *("%d.%m.%Y %H.%M.%S", "%d.%m.%Y %H.%M", "%A %d. %b %Y"),
)
_CLOCKS = (
    "%H:%M:%S",
    "%H:%M",
    "%H:%M:%S.%f",
    "%H:%M:%S,%f",
    "%I:%M %p",
    "%I:%M%p",
    "%I:%M:%S %p",
    "%I:%M:%S%p",
    "%I.%M.%S %p",
    "%I.%M.%S.%f %p",
)
_JOINTS = (" ", "T", ", ", ":")
_ZONES = ("", " %z", "%z", " %Z")
_TIMES_OF_DAY = (*_CLOCKS, "%I %p", "%I%p", "%Hh%M")
_QUARTERS = tuple(f"2018{mark}Q1" for mark in ("", "-", " ", "/")) + tuple(
    f"Q1{mark}2018" for mark in ("", "-", " ", "/")
)
_WEEKS = ("2018W05", "2018-W05", "2018W053", "2018-W05-3")
_ISO_SHAPE = re.compile(r"0(-0){0,2}([a ]0(:0){0,2}(\.0)?( ?a| ?\+0|-0)?)?")
# A column of dates has few shapes.
_MOST_SHAPES = 30
# Minutes and seconds have two digits; 2:9 is a ratio or a score.
_SHORT_MINUTE = re.compile(r":\d(?!\d)")
_EXAMPLE = datetime(2018, 3, 25, 15, 30, 20, tzinfo=UTC)
_GOOD_ENOUGH = 0.95
# Monthly dates have few days, and days of a month have many.
_SOME_MONTHS = 3
_MOST_YEARS = 12
_REWRITTEN: dict[str, tuple[str, Callable[[re.Match[str]], str], str]] = {
    QUARTER: (
        r"(?i)(?:(?P<year>\d{4})[-/ ]?Q(?P<quarter>[1-4])|Q(?P<first>[1-4])[-/ ]?(?P<then>\d{4}))",
        lambda found: (
            f"{found['year'] or found['then']}-{3 * int(found['quarter'] or found['first']) - 2:02}-01"
        ),
        "%Y-%m-%d",
    ),
    WEEK: (
        r"(?i)(\d{4})-?W(\d{2})(?:-?([1-7]))?",
        lambda found: f"{found[1]}-W{found[2]}-{found[3] or 1}",
        "%G-W%V-%u",
    ),
}


@dataclass(frozen=True)
class PatternChoice:
    """The patterns of a column.

    Attributes:
        patterns: Patterns to try in turn.
        order: Order of day and month that the column itself requires; empty if it does not tell.
        open_example: A text that could be read with day and month exchanged; empty if there is none.
        is_decided: Whether something else than a habit decides the order of that text.
        contrary_example: A text that only the other order of day and month can read; empty if there is none.
        contradiction: Two texts of one shape that need different orders, too many of each to read either; or nothing.
    """

    patterns: tuple[str, ...] = ()
    order: Order | Literal[""] = ""
    open_example: str = ""
    is_decided: bool = True
    contrary_example: str = ""
    contradiction: tuple[str, ...] = ()


def read_pattern(texts: pd.Series, pattern: str) -> np.ndarray:
    """Read texts by one pattern as ``datetime64[us]`` in UTC; ``NaT`` for others.

    In models of earlier versions, the pattern may be ``mixed``, which leaves the pattern of each text to pandas.
    """
    if pattern in _REWRITTEN:
        wanted, rewrite, plain = _REWRITTEN[pattern]
        rewritten = [
            rewrite(found) if isinstance(text, str) and (found := re.fullmatch(wanted, text)) else None
            for text in texts
        ]
        texts, pattern = pd.Series(rewritten, dtype="string"), plain
    moments = pd.to_datetime(texts, format=pattern, utc=True, errors="coerce")
    return moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]").copy()


def find_patterns(texts: Iterable[str], *, order: Order | Literal[""] = "") -> PatternChoice:
    """Return the patterns of the distinct texts of a column.

    Args:
        texts: Distinct texts, none of them blank.
        order: Order of day and month where the texts allow both; empty if nothing else tells.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        groups[_shape(text)].append(text)
    common = sorted(groups, key=lambda shape: -len(groups[shape]))[:_MOST_SHAPES]
    every = [one for shape in common if (one := _best(shape, groups[shape])) is not None]
    found = [one for one in every if one.is_readable]
    own = _common_order(found)
    open_groups = [one for one in found if one.exchanged and one.is_open]
    chosen = [one.in_order(own or order) for one in found]
    example = next((one.texts[0] for one in open_groups), "") if not own else ""
    return PatternChoice(
        patterns=tuple(dict.fromkeys(one.pattern for one in sorted(chosen, key=lambda g: -len(g.texts)))),
        order=own,
        open_example=example,
        is_decided=bool(own or order),
        contrary_example=next((one.contrary for one in found if one.contrary), ""),
        contradiction=next(((one.usual, one.contrary) for one in every if not one.is_readable), ()),
    )


def order_of(pattern: str) -> Order | Literal[""]:
    """Return whether a pattern has the day or the month first; empty if it has no numbers of both.

    >>> order_of("%d/%m/%Y"), order_of("%m/%d/%y %H:%M"), order_of("%d-%b-%Y"), order_of("%Y-%m-%d")
    ('day_first', 'month_first', '', '')
    """
    day, month, year = (re.search(f"%[{letters}]", pattern) for letters in ("d", "m", "Yy"))
    if not day or not month or (year and year.start() < day.start()):
        return ""
    return "day_first" if day.start() < month.start() else "month_first"


def is_time_of_day(pattern: str) -> bool:
    """Whether a pattern, or each of several, is a time without a date."""
    return all(part in _TIMES_OF_DAY for part in pattern.split(SEPARATOR))


@dataclass(frozen=True)
class _Group:
    """Texts of one shape, and how they are read.

    Attributes:
        texts: The texts.
        pattern: The pattern that reads the most of them.
        exchanged: The same pattern with day and month exchanged; empty if there is none.
        is_open: Whether the exchanged pattern reads as many.
        contrary: A text that only the exchanged pattern reads.
        usual: A text that only the pattern reads, not the exchanged one.
        is_readable: Whether the pattern alone reads nearly all texts.
    """

    texts: list[str]
    pattern: str
    exchanged: str
    is_open: bool
    contrary: str = ""
    usual: str = ""
    is_readable: bool = True

    def in_order(self, order: Order | Literal[""]) -> "_Group":
        """Return the group with day and month in the given order, if the texts allow both."""
        if not self.is_open or not order or order_of(self.pattern) == order:
            return self
        return _Group(self.texts, self.exchanged, self.pattern, self.is_open)


def _best(shape: str, texts: list[str]) -> _Group | None:
    """Return the pattern that reads the most texts of a shape; ``None`` if no order of it reads nearly all of them."""
    candidates = (*((ISO,) if _ISO_SHAPE.fullmatch(shape) else ()), *_patterns_of_shapes().get(shape, ()))
    if not candidates or any(map(_SHORT_MINUTE.search, texts)):
        return None
    values = pd.Series(texts, dtype="string")
    read = {pattern: ~np.isnat(read_pattern(values, pattern)) for pattern in candidates}
    best = max(read, key=lambda pattern: (read[pattern].sum(), _years_vary_less(pattern, texts)))
    exchanged = best.translate(str.maketrans("dm", "md")) if order_of(best) else ""
    either = read[best] | read.get(exchanged, False)
    if either.mean() < _GOOD_ENOUGH or _are_days_of_months(best, texts):
        return None
    if exchanged not in read:
        return _Group(texts, best, "", is_open=False)
    is_open = bool((read[exchanged] == read[best]).all())
    if is_open and _is_monthly(values, exchanged) and not _is_monthly(values, best):
        best, exchanged = exchanged, best
    return _Group(
        texts,
        best,
        exchanged,
        is_open,
        contrary=_first(texts, read[exchanged] & ~read[best]),
        usual=_first(texts, read[best] & ~read[exchanged]),
        is_readable=read[best].mean() >= _GOOD_ENOUGH,
    )


def _first(texts: list[str], chosen: np.ndarray) -> str:
    return texts[int(chosen.argmax())] if chosen.any() else ""


def _is_monthly(values: pd.Series, pattern: str) -> bool:
    """Whether all dates fall on the same day of different months."""
    moments = read_pattern(values, pattern)
    moments = moments[~np.isnat(moments)]
    months = moments.astype("M8[M]")
    days = (moments.astype("M8[D]") - months.astype("M8[D]")).astype(int)
    return len(np.unique(days)) == 1 and len(np.unique(months.astype(int) % 12)) >= _SOME_MONTHS


def _are_days_of_months(pattern: str, texts: list[str]) -> bool:
    """Whether the numbers in texts such as ``Sep-23`` are days rather than years."""
    if not re.fullmatch(r"%[bB]\W+%y", pattern):
        return False
    numbers = {int(text[-2:]) for text in texts if text[-2:].isdigit()}
    return len(numbers) > _MOST_YEARS and max(numbers) <= 31


def _years_vary_less(pattern: str, texts: list[str]) -> bool:
    """Whether the years come first in texts such as ``19/03/25``: they vary less than the days."""
    if not re.match(r"%y\W", pattern):
        return False
    numbers = [re.findall(r"\d+", text) for text in texts]
    years, days = ({one[place] for one in numbers} for place in (0, 2))
    return len(years) <= _MOST_YEARS and (len(days) > _MOST_YEARS or days == {"01"})


def _common_order(groups: Iterable[_Group]) -> Order | Literal[""]:
    """Return the order of day and month that groups require, if they agree."""
    orders = {order_of(one.pattern) for one in groups if not one.is_open} - {""}
    return orders.pop() if len(orders) == 1 else ""


@cache
def _patterns_of_shapes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    moments = (
        f"{day}{joint}{clock}{zone}" for clock, joint, zone, day in product(_CLOCKS, _JOINTS, _ZONES, _DAYS)
    )
    for pattern in (*_DAYS, *_TIMES_OF_DAY, *_MOMENTS, *moments):
        found[_shape(_EXAMPLE.strftime(pattern))].append(pattern)
    for pattern, examples in ((QUARTER, _QUARTERS), (WEEK, _WEEKS)):
        for example in examples:
            found[_shape(example)].append(pattern)
    return found


def _shape(text: str) -> str:
    """Return the text with ``0`` for every run of digits, ``a`` for every run of letters, and ``+0`` for an offset."""
    local = re.sub(r"(:\d\d(?:\.\d+)?\s?)[-+]\d\d:?\d\d$", r"\1+0", text)
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", local))
