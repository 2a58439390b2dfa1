"""Excel workbooks."""

import datetime
import itertools
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.readers._content import describe_rubbish
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._records import to_batch
from podium_ml.readers._source_file import SourceFile
from podium_ml.settings import ReaderOptions

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MAGIC = b"PK\x03\x04"
_ROWS = 8_192

Row = tuple[Any, ...]


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read one sheet; the first row that is not blank holds the names, and formulas give their last results."""
    workbook = _open(file)
    sheet = _choose(file, workbook, options.sheet)
    return Reading(_stream(file, workbook, sheet), {"sheet": sheet.title})


def _open(file: SourceFile) -> "Workbook":
    from openpyxl import load_workbook

    head = file.head()
    if not head:
        raise DataError(f"{file.label} is empty.", "Provide an Excel workbook with rows.")
    if not head.startswith(_MAGIC):
        raise describe_rubbish(file, head, wanted="Excel workbook (.xlsx)")
    try:
        # Pass an open file, because openpyxl rejects paths without an Excel suffix; closing the workbook closes it.
        return load_workbook(file.path.open("rb"), read_only=True, data_only=True)
    except Exception as error:  # zip, XML and openpyxl's own checks raise many kinds of errors
        raise _damaged(file, error) from error


def _choose(file: SourceFile, workbook: "Workbook", name: str) -> "ReadOnlyWorksheet":
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if not sheets:
        raise DataError(f"{file.label} has no sheet with cells.", "Provide a workbook with a table.")
    if not name:
        return next(iter(sheets.values()))
    if name not in sheets:
        raise DataError(f"{file.label} has no sheet '{name}'.", f"Available sheets: {', '.join(sheets)}.")
    return sheets[name]


def _stream(file: SourceFile, workbook: "Workbook", sheet: "ReadOnlyWorksheet") -> Iterator[pa.RecordBatch]:
    # The size that workbooks state is often wrong.
    sheet.reset_dimensions()
    try:
        rows = (row for row in sheet.iter_rows(values_only=True) if any(_is_filled(cell) for cell in row))
        names = [_name(cell) for cell in _trim(next(rows, ()))]
        if not names:
            raise DataError(f"{file.label}, sheet '{sheet.title}', is empty.", "Choose a sheet with a table.")
        yield to_batch(names, [[] for _ in names], label=file.label)
        while chunk := list(itertools.islice(rows, _ROWS)):
            yield to_batch(names, _columns(file, sheet.title, names, chunk), label=file.label)
    except (ParseError, zlib.error, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _damaged(file, error) from error
    finally:
        workbook.close()


def _columns(file: SourceFile, sheet: str, names: list[str], rows: list[Row]) -> list[list[Any]]:
    width = len(names)
    beyond = next((row for row in rows if len(_trim(row)) > width), None)
    if beyond is not None:
        value = _trim(beyond)[-1]
        raise DataError(
            f"{file.label}, sheet '{sheet}': the value {value!r} is in a column without a name.",
            "Name every column in the first row.",
        )
    padded = [row[:width] + (None,) * (width - len(row)) for row in rows]
    return [[_value(row[at]) for row in padded] for at in range(width)]


def _damaged(file: SourceFile, error: Exception) -> DataError:
    return DataError(
        f"{file.label} is not a readable Excel workbook: {error}.", "Save it again as .xlsx, or as CSV."
    )


def _trim(row: Row) -> Row:
    """Drop the blank cells at the end."""
    end = len(row)
    while end and not _is_filled(row[end - 1]):
        end -= 1
    return row[:end]


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _name(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _value(cell: Any) -> Any:
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return cell


def _sniff(head: bytes) -> Confidence:
    is_workbook = head.startswith(_MAGIC) and (b"[Content_Types].xml" in head[:4096] or b"xl/" in head)
    return Confidence.SURE if is_workbook else Confidence.NO


SPEC = Reader(
    name="excel",
    description="One sheet of an Excel workbook (.xlsx, .xlsm), by default the first.",
    read=read,
    suffixes=(".xlsx", ".xlsm", ".xls"),
    sniff=_sniff,
    takes="seekable",
    texts="anything",
)
