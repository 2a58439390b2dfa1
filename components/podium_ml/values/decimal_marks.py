"""Whether the point or the comma is the decimal mark of a column: what its numbers tell, and what its file tells.

``3.041`` alone has two readings. Other numbers of the column decide, or else other columns of the file, or else what is
likely. The decision is made once, on whole columns; ``Reading.decimal`` keeps it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from podium_ml.contracts.reading import Mark
from podium_ml.values.digits import plain_digits

MaybeMark = Mark | Literal[""]


class Clue(Enum):
    """What one number tells about the decimal mark of its column."""

    POINT = auto()  # 1.5, or 1,234.5: the point is the decimal mark
    COMMA = auto()  # 1,5, or 1.234,5: the comma is
    POINT_OR_GROUPS = auto()  # 1.234
    COMMA_OR_GROUPS = auto()  # 1,234
    SHORT = auto()  # 1 to 999, without a mark
    LONG = auto()  # 1000 and more, without a mark: this column does not group thousands
    MONEY = auto()  # 1.234 €: money has no three decimals


@dataclass(frozen=True)
class Decision:
    """The decimal mark of a column.

    Attributes:
        mark: The mark.
        is_sure: Whether the numbers have no other likely reading.
    """

    mark: Mark
    is_sure: bool = True


def certain_mark(clues: Mapping[Clue, int]) -> MaybeMark:
    """Return the decimal mark that most of the certain clues require; empty if there are none, or as many of each."""
    point, comma = clues.get(Clue.POINT, 0), clues.get(Clue.COMMA, 0)
    return "" if point == comma else "." if point > comma else ","


def decide_mark(clues: Mapping[Clue, int], *, file: MaybeMark = "", delimiter: str = "") -> Decision:
    """Return the decimal mark of a column.

    Args:
        clues: How many numbers of the column give each clue.
        file: The decimal mark that other columns of the file require; empty if unknown.
        delimiter: Delimiter of the file; empty if it has none. Semicolons and tabs leave the comma to the decimals.

    >>> numbers = ["929", "3.497", "12.5"]
    >>> decide_mark(find_clues(numbers)).mark, decide_mark(find_clues(numbers[:2])).mark
    ('.', ',')
    """
    if mark := certain_mark(clues) or file:
        return Decision(mark)
    points, commas = Clue.POINT_OR_GROUPS in clues, Clue.COMMA_OR_GROUPS in clues
    likely: Mark = "," if delimiter == ";" else "."
    if points and commas:
        return Decision(likely, is_sure=False)
    if points:
        # Programs write decimal points and group no thousands. Where thousands have a point, smaller numbers have none.
        groups = Clue.LONG not in clues and (
            Clue.MONEY in clues or (Clue.SHORT in clues and delimiter != ",")
        )
        is_sure = Clue.LONG in clues or {Clue.MONEY, Clue.SHORT} <= clues.keys()
        return Decision("," if groups else ".", is_sure=is_sure)
    if commas:
        if Clue.LONG in clues:
            return Decision(",")
        return Decision(
            "." if Clue.SHORT in clues else likely, is_sure=Clue.SHORT in clues or delimiter == ";"
        )
    return Decision(".")


def find_clues(texts: Iterable[str]) -> Counter[Clue]:
    """Count what numbers tell about their decimal mark; text around them, such as units, does not matter."""
    return Counter(clue for text in texts for clue in _clues(text))


def other_mark(mark: Mark) -> Mark:
    """Return the mark that groups thousands."""
    return "," if mark == "." else "."


def doubt(example: str, mark: Mark) -> str:
    """Return what else a number could mean, in words for the user."""
    name = {".": "point", ",": "comma"}
    return (
        f"'{example}' was read with a decimal {name[mark]}, but its mark may group thousands or not: no other value"
        f" tells. `--decimal {other_mark(mark)}` reads it with a decimal {name[other_mark(mark)]}."
    )


_CURRENCY = re.compile(r"[$€£¥₹₽₩₺₴₫฿₪₱]|\b(?:EUR|USD|GBP|CHF)\b", re.IGNORECASE)
_SPACES = re.compile(r"(?<=\d)[\s\u00a0\u2009\u202f_'\u2019](?=\d)")
_DIGITS = re.compile(r"\d[\d.,]*|[.,]\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


def _clues(text: str) -> tuple[Clue, ...]:
    clue = _clue(text)
    if clue in (Clue.POINT_OR_GROUPS, Clue.COMMA_OR_GROUPS) and _CURRENCY.search(text):
        return clue, Clue.MONEY
    return () if clue is None else (clue,)


def _clue(text: str) -> Clue | None:
    found = _DIGITS.search(_SPACES.sub("", plain_digits(text)))
    if found is None:
        return None
    digits = found[0].rstrip(".,") if found[0][-1] in ".," and len(found[0]) > 1 else found[0]
    points, commas = digits.count("."), digits.count(",")
    if not points and not commas:
        return _clue_of_whole(digits)
    if points and commas:
        return _clue_of_both(digits, points, commas)
    mark, count = (".", points) if points else (",", commas)
    if count > 1:
        if not _GROUPED.fullmatch(digits):
            return None  # an address or a date
        return Clue.COMMA if mark == "." else Clue.POINT
    if _GROUPED.fullmatch(digits):
        return Clue.POINT_OR_GROUPS if mark == "." else Clue.COMMA_OR_GROUPS
    return Clue.POINT if mark == "." else Clue.COMMA


def _clue_of_whole(digits: str) -> Clue | None:
    if digits.startswith("0"):
        return None
    return Clue.SHORT if len(digits) <= 3 else Clue.LONG


def _clue_of_both(digits: str, points: int, commas: int) -> Clue | None:
    if digits.rfind(".") > digits.rfind(","):
        return Clue.POINT if points == 1 else None
    return Clue.COMMA if commas == 1 else None
