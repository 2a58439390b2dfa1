"""Rows of units and descriptions below the column names."""

import re
from collections.abc import Sequence
from typing import Any

from podium_ml.readers._cells import Row, filled, is_missing, is_rule, is_value, plain

_BRACKETED = re.compile(r"[\[(<{][^\d\])>}]{0,20}[^\])>}]{0,4}[\])>}]")
_PREFIXED = r"[numkMGTµμcdh]?(?:g|m|s|l|L|W|Wh|V|A|Hz|Pa|J|N|B|bit|bar|cal|eV|Ohm|Ω|F|mol|C|K|T|t)"
_WORDS = (
    r"in|ft|yd|mi|oz|lb|lbs|ha|sqm|sqft|kn|psi|rpm|ppm|ppb|dB|°|°C|°F|deg|degC|degF|rad|%|‰|pct|percent"
    r"|sec|secs|seconds?|mins?|minutes?|h|hr|hrs|hours?|d|days?|weeks?|months?|yrs?|years?|Jahre?|Tage?|Stunden?|Std"
    r"|EUR|USD|GBP|CHF|JPY|CNY|INR|[$€£¥₹₽₩₺]|TEUR|kEUR|Mio|pcs|Stk|Stück|units?|pieces?|persons?|tons?|tonnes?"
    r"|meters?|metres?|kilometers?|kilometres?|miles?|kilograms?|grams?|pounds?|liters?|litres?|degrees?|dollars?|euros?"
)
_FACTOR = rf"(?:{_PREFIXED}|{_WORDS})(?:\^?-?[1-4]|[²³])?"
_UNIT = re.compile(rf"{_FACTOR}(?:\s?(?:[/*·.]|per)\s?{_FACTOR}){{0,3}}")
# What stands for "no unit", and what describes a column of words.
_NO_UNIT = frozenset(
    {"-", "--", "–", "—", "/", "n/a", "none", "text", "string", "name", "category", "date", "id"}
)
# What brackets may hold instead of a unit: words for a missing value.
_ABSENT = frozenset(
    {"missing", "unknown", "not available", "no data", "empty", "blank", "redacted", "hidden"}
)
_FEWEST_DESCRIBED = 10
_MOST = 3


def count_extra_names(below: Sequence[Row], measured: set[int], *, names: Row) -> int:
    """Return how many of the first rows below the column names hold units or descriptions.

    Args:
        below: Rows below the column names, without blank ones.
        measured: Positions of the columns that hold values.
        names: The row of column names.
    """
    found = 0
    for row in below[:_MOST]:
        rest = len(below) - found - 1
        if not rest or [plain(cell) for cell in row] == [plain(cell) for cell in names]:
            break
        if (
            not is_rule(row)
            and not is_units_row(row, measured)
            and not (rest >= _FEWEST_DESCRIBED and _is_description(row, measured, below[found + 1 :]))
        ):
            break
        found += 1
    return found


def is_units_row(row: Row, measured: set[int]) -> bool:
    """Whether a row holds a unit for some columns of values, and for the others nothing that says more."""
    held = filled(row)
    if not held or any(not _is_unit(cell) and plain(cell).casefold() not in _NO_UNIT for cell in held):
        return False
    return any(at in measured and _is_unit(cell) for at, cell in enumerate(row))


def are_units_above(row: Row, names: Row, measured: set[int]) -> bool:
    """Whether a row holds units of the names below it. Names such as ``m`` and ``s`` look like units themselves."""
    if not is_units_row(row, measured) or is_units_row(names, measured):
        return False
    has_gaps = len(filled(row)) < len(filled(names))
    return has_gaps or any(_BRACKETED.fullmatch(plain(cell)) for cell in filled(row))


def _is_description(row: Row, measured: set[int], below: Sequence[Row]) -> bool:
    """Whether a row has a word in each of several columns that otherwise hold values, and no word of the rows below."""
    cells = [row[at] if at < len(row) else None for at in measured]
    if len(cells) < 2 or not all(map(_is_word, cells)) or any(map(is_value, filled(row))):
        return False
    others = [at for at in range(len(row)) if at not in measured and not is_missing(row[at])]
    return not any(plain(row[at]) == plain(one[at]) for one in below for at in others if at < len(one))


def _is_word(cell: Any) -> bool:
    return isinstance(cell, str) and not is_missing(cell) and not is_value(cell)


def _is_unit(cell: Any) -> bool:
    if not isinstance(cell, str) or is_missing(cell):
        return False
    text = plain(cell)
    if _BRACKETED.fullmatch(text):
        inner = text[1:-1].strip()
        return not is_missing(inner.upper()) and inner.casefold() not in _ABSENT
    return bool(_UNIT.fullmatch(text))
