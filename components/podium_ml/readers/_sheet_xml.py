"""What the file of a sheet says beyond values: merged cells, and formulas without stored results."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podium_ml.errors import DataError
from podium_ml.readers._cells import Row

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_CHUNK = 1024 * 1024
_OVERLAP = 512
_MOST_MERGED = 1_000_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)"')
_UNSTORED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</(?:\w+:)?c>)"
)


@dataclass(frozen=True)
class SheetXml:
    """What the file of a sheet says.

    Attributes:
        merged: Position of the first column, first row and last row of merged cells, counted from 0.
        has_unstored: Whether a formula has no stored result, because no spreadsheet program saved the workbook.
    """

    merged: frozenset[tuple[int, int, int]] = frozenset()
    has_unstored: bool = False

    @classmethod
    def of(cls, sheet: "ReadOnlyWorksheet") -> "SheetXml":
        """Read the file of a sheet, holding little of it in memory."""
        merged: set[tuple[int, int, int]] = set()
        has_unstored = False
        for part in _parts(sheet):
            merged.update(_vertical(match) for match in _MERGED.finditer(part))
            if len(merged) > _MOST_MERGED:
                raise DataError(f"The sheet '{sheet.title}' has too many merged cells.", "Save it as CSV.")
            has_unstored = has_unstored or _UNSTORED.search(part) is not None
        return cls(frozenset(one for one in merged if one[2] > one[1]), has_unstored)

    def fill(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows with the value of merged cells in each of their rows."""
        if not self.merged:
            yield from rows
            return
        begins: dict[int, list[tuple[int, int]]] = {}
        for column, first, last in self.merged:
            begins.setdefault(first, []).append((column, last))
        held: dict[int, tuple[int, Any]] = {}
        for at, row in enumerate(rows):
            cells = list(row)
            for column, (last, value) in list(held.items()):
                if at > last:
                    del held[column]
                else:
                    cells += [None] * (column + 1 - len(cells))
                    cells[column] = value
            for column, last in begins.get(at, ()):
                held[column] = last, cells[column] if column < len(cells) else None
            yield tuple(cells)


def _parts(sheet: "ReadOnlyWorksheet") -> Iterator[bytes]:
    """Yield the bytes of a sheet's file in parts that overlap."""
    before = b""
    with sheet.parent._archive.open(sheet._worksheet_path) as stream:
        while chunk := stream.read(_CHUNK):
            yield before + chunk
            before = chunk[-_OVERLAP:]


def _vertical(match: "re.Match[bytes]") -> tuple[int, int, int]:
    return _position(match[1]), int(match[2]) - 1, int(match[4]) - 1


def _position(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = 26 * position + letter - ord("A") + 1
    return position - 1
