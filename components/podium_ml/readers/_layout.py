"""Where a table begins: titles, comments and units around the column names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podium_ml.readers._cells import (
    Row,
    filled,
    is_comment,
    is_date,
    is_filled,
    is_value,
    is_year,
    measured_columns,
    plain,
    width,
)
from podium_ml.readers._units import are_units_above, count_extra_names

SAMPLE_ROWS = 200
_MOST_ABOVE = 40
_LOOKED_AT = 50
_FEWEST_YEARS = 3
_FEWEST_LONG = 13


@dataclass(frozen=True)
class Layout:
    """Where the rows of a table are; positions count from 0 and include blank rows.

    Attributes:
        header: Position of the row of column names.
        body: Position of the first row of data.
        is_sure: Whether there is evidence for the column names besides their position.
    """

    header: int
    body: int
    is_sure: bool = False


def find_layout(rows: Sequence[Row], *, header: int | None = None, units: bool = True) -> Layout:
    """Find the column names among the first rows of a file or a sheet.

    They are in the first row unless there is strong evidence that it is a title, a comment or a row of units: it is
    narrower than the table, begins with ``#``, or is set off by a blank row, and a later row has words where the rows
    below it have values.

    Args:
        rows: The first rows, blank ones included.
        header: Position of the column names, if the user set it.
        units: Whether to look for units and descriptions below the names.
    """
    found = header if header is not None else _find_header(rows)
    if found is None:
        first = next((at for at, row in enumerate(rows) if filled(row)), 0)
        layout = Layout(first, first + 1)
    else:
        layout = Layout(found, found + 1, is_sure=True)
    if not units or layout.header >= len(rows):
        return layout
    return Layout(layout.header, _find_body(rows, layout.header), layout.is_sure)


def _find_body(rows: Sequence[Row], header: int) -> int:
    """Return the position of the first row below the names, their units and their descriptions."""
    places = [at for at in range(header + 1, len(rows)) if filled(rows[at])]
    below = [rows[at] for at in places]
    if width(rows[header]) < 2:
        return header + 1
    is_long = len(below) >= _FEWEST_LONG
    measured = measured_columns(below[3:]) if is_long else measured_columns(below[1:], share=0.5)
    count = count_extra_names(below, measured, names=rows[header])
    return places[count - 1] + 1 if count else header + 1


def _find_header(rows: Sequence[Row]) -> int | None:
    """Return the position of the column names if they are not in the first row, else ``None``."""
    above: list[Row] = []
    widest = 0
    for at, row in enumerate(rows):
        if not filled(row):
            continue
        if len(above) > _MOST_ABOVE:
            break
        if above and _may_follow(rows, at, above, widest) and _is_header(rows, at, above, widest):
            return at
        above.append(row)
        widest = max(widest, width(row))
    return None


def _may_follow(rows: Sequence[Row], at: int, above: list[Row], widest: int) -> bool:
    """Whether the rows above could be something else than a table; quick."""
    return widest < width(rows[at]) or not filled(rows[at - 1]) or is_comment(above[-1]) or len(above) == 1


def _is_header(rows: Sequence[Row], at: int, above: list[Row], widest: int) -> bool:
    row, below = rows[at], [one for one in rows[at + 1 :] if filled(one)][:_LOOKED_AT]
    if not _could_be_names(row, below):
        return False
    measured = measured_columns(below, share=0.5)
    is_typed = _has_words_above_values(row, measured)
    is_narrow = widest < width(row)
    are_comments = all(is_comment(one) for one in above)
    has_gap = not filled(rows[at - 1])
    if is_narrow:
        return is_typed or are_comments or has_gap or (widest == 1 and _is_sentence(above[-1]))
    if not is_typed:
        return False
    if are_comments:
        return not is_comment(row)
    if has_gap:
        return folded_row(row) != folded_row(above[0]) and 3 * len(above) <= len(below)
    return len(above) == 1 and are_units_above(above[0], row, measured)


def _could_be_names(row: Row, below: list[Row]) -> bool:
    names, columns = filled(row), width(row)
    # A table may begin in another column than the first.
    used = columns - next((at for at, cell in enumerate(row) if is_filled(cell)), 0)
    if len(names) < max(2, 0.6 * used) or len({plain(name) for name in names}) < len(names):
        return False
    if not all(map(_could_be_name, names)):
        return False
    return sum(width(one) <= columns for one in below) >= 0.9 * len(below)


def _could_be_name(cell: Any) -> bool:
    """Whether a cell is a word, a year or a date, or has letters like ``2024 Q1``."""
    return not is_value(cell) or is_year(cell) or is_date(cell) or any(map(str.isalpha, plain(cell)))


def _has_words_above_values(row: Row, measured: set[int]) -> bool:
    """Whether a row names columns of values by words, or by a series of years or dates."""
    named = [row[at] for at in measured if at < len(row) and is_filled(row[at])]
    series = [plain(cell) for cell in named if is_value(cell)]
    return len(series) < len(named) or (len(series) >= _FEWEST_YEARS and series == sorted(series))


def _is_sentence(row: Row) -> bool:
    return len(plain(filled(row)[0]).split()) > 1


def folded_row(row: Row) -> list[str]:
    """Return the cells of a row as texts without capitals and surrounding blanks, to compare rows."""
    return [plain(cell).casefold() for cell in row]
