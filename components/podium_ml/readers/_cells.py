"""What single cells and rows of a text file or a sheet look like."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from podium_ml.values.missing_markers import ALWAYS, AMONG_NUMBERS

Row = Sequence[Any]
"""The cells of one row: texts, values of a sheet, or ``None``."""

_MISSING = ALWAYS | AMONG_NUMBERS
_LETTERS = re.compile(r"[^\W\d_]")
_MEASURED = re.compile(r"[^\w]{0,3}[a-zA-Z]{0,3}[^\w]{0,2}\d")
_COMMENT = ("#", "//", "%%")
_LONGEST_MARKER = 3  # of missing values, such as ---
_RULE = re.compile(r"[-+=|:_\s]{3,}")


def is_filled(cell: Any) -> bool:
    """Whether a cell holds anything but blanks."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def is_missing(cell: Any) -> bool:
    """Whether a cell is blank or holds a marker of missing values."""
    return not is_filled(cell) or (isinstance(cell, str) and cell.strip() in _MISSING)


def is_value(cell: Any) -> bool:
    """Whether a cell holds a number, a date, a time or an amount, as opposed to a word.

    >>> [is_value(text) for text in ("1,5", "2024-01-31", "€ 12", "12 kg", "q1", "north")]
    [True, True, True, True, False, False]
    """
    if not isinstance(cell, str):
        return cell is not None
    text = cell.strip()
    return bool(_MEASURED.match(text)) and len(_LETTERS.findall(text)) <= 4 and not text[0].isalpha()


def is_year(cell: Any) -> bool:
    """Whether a cell holds a year, which may be the name of a column."""
    return isinstance(cell, int | str) and bool(re.fullmatch(r"(1[6-9]|20|21)\d\d", str(cell).strip()))


def is_date(cell: Any) -> bool:
    """Whether a cell of a sheet holds a date, which may be the name of a column."""
    return isinstance(cell, datetime.date)


def is_comment(row: Row) -> bool:
    """Whether a row begins as comments do, or is a line that is drawn with dashes."""
    if not row or not isinstance(row[0], str):
        return False
    return row[0].lstrip().startswith(_COMMENT) or (len(row) == 1 and is_rule(row))


def is_rule(row: Row) -> bool:
    """Whether a row is a line that is drawn with dashes, as below the names of a printed table."""
    cells = filled(row)
    is_drawn = all(isinstance(cell, str) and _RULE.fullmatch(cell) for cell in cells)
    return is_drawn and any(len(cell.strip()) > _LONGEST_MARKER for cell in cells)


def width(row: Row) -> int:
    """Return the number of cells up to the last one that is filled."""
    end = len(row)
    while end and not is_filled(row[end - 1]):
        end -= 1
    return end


def filled(row: Row) -> list[Any]:
    """Return the cells that are filled."""
    return [cell for cell in row if is_filled(cell)]


def plain(cell: Any) -> str:
    """Return a cell as text without surrounding blanks; empty for an empty one."""
    return "" if cell is None else str(cell).strip().removeprefix("\ufeff")


def show(row: Row) -> str:
    """Return the filled cells of a row for messages."""
    text = ", ".join(plain(cell) for cell in filled(row))
    return text if len(text) <= 60 else f"{text[:59]}…"


def measured_columns(rows: Sequence[Row], *, share: float = 0.9) -> set[int]:
    """Return the positions of the columns that hold values, as opposed to words.

    Args:
        rows: Rows of the table.
        share: Minimum share of values among the cells that are not missing.
    """
    columns = max((len(row) for row in rows), default=0)
    found = set()
    for at in range(columns):
        cells = [row[at] for row in rows if at < len(row) and not is_missing(row[at])]
        if cells and sum(map(is_value, cells)) >= share * len(cells):
            found.add(at)
    return found
