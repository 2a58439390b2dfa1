"""Bounds on workbooks, whose small files may hold far more text and cells than their tables."""

import zipfile
from collections.abc import Iterable, Iterator

from podium_ml.errors import DataError
from podium_ml.readers._cells import Row
from podium_ml.readers._source_file import SourceFile
from podium_ml.values.bounds import Allowance

# The last row and column of a sheet.
_ROWS, _COLUMNS = 1_048_576, 16_384
# Blank cells count too, up to the last one that a row names.
_CELLS = 300_000_000
# What is not a sheet, such as the texts that cells share, is held in memory as a whole.
_HELD_BYTES = 512 * 1024 * 1024
_SAVE = "Save it as CSV, or delete what surrounds the table."


def check_archive(file: SourceFile) -> None:
    """Check the sizes that a workbook says its parts have; reading a part stops at its size.

    Raises:
        DataError: They are too large.
        BadZipFile: The file is damaged.
    """
    with zipfile.ZipFile(file.path) as archive:
        parts = archive.infolist()
    Allowance(file.label, packed=file.path.stat().st_size).take(sum(part.file_size for part in parts))
    held = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    if held > _HELD_BYTES:
        raise DataError(
            f"{file.label} has more than {_HELD_BYTES >> 20} MB of text beside its sheets.", _SAVE
        )


def bounded(rows: Iterable[Row], label: str) -> Iterator[Row]:
    """Yield the rows of a sheet.

    Args:
        rows: The rows, with those that the file leaves out.
        label: Name of the sheet in messages.

    Raises:
        DataError: There are more rows, columns or cells than a table has.
    """
    cells = 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        if number > _ROWS or len(row) > _COLUMNS or cells > _CELLS:
            raise DataError(
                f"{label}, row {number}: cells lie too far from the table.",
                f"{_SAVE} Clear the cells far away.",
            )
        yield row
