"""Which sheet of a workbook holds the table."""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from podium_ml.errors import DataError
from podium_ml.readers._cells import Row, filled, plain, width
from podium_ml.readers._layout import find_layout
from podium_ml.readers._source_file import SourceFile

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_PEEKED_ROWS = 60
_FEWEST_NAMED = 2
_NEARLY_ALL = 0.8
_TIMES_LARGER = 4
# Titles of sheets that describe others.
_ABOUT = re.compile(
    r"(read.?me|notes?|info(rmation)?|about|cover( page)?|contents?|index|legend|meta.?data|documentation|instructions?"
    r"|help|title|(data )?dictionary|code.?book|variables?|changelog|hinweise?|deckblatt|legende|inhalt|notizen)\b.*",
    re.IGNORECASE,
)


def choose_sheet(file: SourceFile, workbook: "Workbook", name: str) -> tuple["ReadOnlyWorksheet", list[str]]:
    """Return the sheet to read, and what to tell the user about the others.

    Args:
        file: The workbook's file.
        workbook: The workbook.
        name: The sheet that the user chose; empty for the first visible one that holds a table and is not only a
            description of the columns of another.

    Raises:
        DataError: There is no such sheet.
    """
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if not sheets:
        raise DataError(f"{file.label} has no sheet with cells.", "Provide a workbook with a table.")
    if name:
        if name not in sheets:
            raise DataError(f"{file.label} has no sheet '{name}'.", f"Available sheets: {', '.join(sheets)}.")
        return sheets[name], []
    if len(sheets) == 1:
        return next(iter(sheets.values())), []
    visible = {title: _peek(sheet) for title, sheet in sheets.items() if sheet.sheet_state == "visible"}
    tables = {title: rows for title, rows in visible.items() if _is_table(rows)}
    described = (title for title, rows in tables.items() if not _describes_another(title, rows, tables))
    chosen = next(
        itertools.chain(described, tables, (t for t, rows in visible.items() if rows), visible, sheets)
    )
    others = [title for title, rows in visible.items() if rows and title != chosen]
    hidden = [title for title in sheets if title not in visible and title != chosen]
    return sheets[chosen], list(_tell(file, chosen, others, hidden))


def _tell(file: SourceFile, chosen: str, others: list[str], hidden: list[str]) -> Iterator[str]:
    passed = [f"{_names(others)}"] * bool(others) + [f"hidden: {_names(hidden)}"] * bool(hidden)
    if passed:
        yield (
            f"{file.label}: read the sheet '{chosen}' and no other ({'; '.join(passed)}). "
            "--sheet chooses another one."
        )


def _names(titles: list[str]) -> str:
    return ", ".join(f"'{title}'" for title in titles)


def _peek(sheet: "ReadOnlyWorksheet") -> list[Row]:
    """Return the first rows of a sheet that are not blank."""
    sheet.reset_dimensions()
    rows = itertools.islice(sheet.iter_rows(values_only=True), _PEEKED_ROWS)
    return [row for row in rows if filled(row)]


def _is_table(rows: list[Row]) -> bool:
    header = find_layout(rows).header
    return len(rows) > header + 1 and width(rows[header]) > 1


def _describes_another(title: str, rows: list[Row], tables: dict[str, list[Row]]) -> bool:
    """Whether a sheet is about another one: by its title and size, or because it lists the names of its columns."""
    longest = max(len(others) for others in tables.values())
    if _ABOUT.fullmatch(title.strip()) and _TIMES_LARGER * len(rows) <= longest:
        return True
    columns = [
        {plain(row[at]) for row in rows if at < len(row)} for at in range(max(len(row) for row in rows))
    ]
    for other, others in tables.items():
        names = {plain(cell) for cell in filled(others[find_layout(others).header])}
        if other == title or len(names) < _FEWEST_NAMED or len(others) < len(rows):
            continue
        if any(len(names & column) >= max(_FEWEST_NAMED, _NEARLY_ALL * len(names)) for column in columns):
            return True
    return False
