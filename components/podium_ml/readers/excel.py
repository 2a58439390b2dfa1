"""Excel workbooks."""

import datetime
import itertools
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.readers._batches import batch_rows
from podium_ml.readers._cells import Row, filled, width
from podium_ml.readers._content import describe_rubbish
from podium_ml.readers._layout import SAMPLE_ROWS, Layout, find_layout
from podium_ml.readers._reader import Confidence, Reader, Reading
from podium_ml.readers._records import to_batch
from podium_ml.readers._rows import LeftOut, data_rows
from podium_ml.readers._sheet_xml import SheetXml
from podium_ml.readers._sheets import choose_sheet
from podium_ml.readers._source_file import SourceFile
from podium_ml.readers._told import tell_header, tell_left_out, tell_unstored
from podium_ml.readers._workbook_bounds import bounded, check_archive
from podium_ml.settings import ReaderOptions

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MAGIC = b"PK\x03\x04"
_ROWS = 8_192
_UNREADABLE = (ParseError, zlib.error, zipfile.BadZipFile, KeyError, ValueError)


def read(file: SourceFile, options: ReaderOptions) -> Reading:
    """Read one sheet; formulas give their last results."""
    workbook = _open(file)
    try:
        sheet, warnings = choose_sheet(file, workbook, options.sheet)
    except _UNREADABLE as error:
        raise _damaged(file, error) from error
    return Reading(_stream(file, sheet, options, warnings), {"sheet": sheet.title}, warnings)


def _open(file: SourceFile, *, formulas: bool = False) -> "Workbook":
    from openpyxl import load_workbook

    head = file.head()
    if not head:
        raise DataError(f"{file.label} is empty.", "Provide an Excel workbook with rows.")
    if not head.startswith(_MAGIC):
        raise describe_rubbish(file, head, wanted="Excel workbook (.xlsx)")
    try:
        check_archive(file)
        # Pass an open file, because openpyxl rejects paths without an Excel suffix; closing the workbook closes it.
        return load_workbook(file.path.open("rb"), read_only=True, data_only=not formulas)
    except DataError:
        raise
    except Exception as error:  # zip, XML and openpyxl's own checks raise many kinds of errors
        raise _damaged(file, error) from error


def _stream(
    file: SourceFile, sheet: "ReadOnlyWorksheet", options: ReaderOptions, warnings: list[str]
) -> Iterator[pa.RecordBatch]:
    # The size that workbooks state is often wrong.
    sheet.reset_dimensions()
    label, keeps = f"{file.label}, sheet '{sheet.title}'", options.extra_rows == "keep"
    try:
        extra = SheetXml.of(sheet)
        rows = extra.fill(bounded(sheet.iter_rows(values_only=True), label))
        top = list(itertools.islice(rows, max(options.header_row, options.skip_rows) + SAMPLE_ROWS))
        layout = _find_layout(top, options)
        if not any(map(filled, top[layout.header :])):
            raise DataError(f"{label} is empty.", "Choose a sheet with a table.")
        names = [_name(cell) for cell in _trim(top[layout.header])]
        above, units = _around(top, layout)
        warnings += tell_header(label, f"row {layout.header + 1}", [] if options.header_row else above, units)
        yield to_batch(names, [[] for _ in names])
        left_out = LeftOut()
        below: Iterable[Row] = (_trim(row) for row in itertools.chain(top[layout.body :], rows))
        below = (
            filter(filled, below)
            if keeps
            else data_rows(below, names, left_out, known=[_trim(row) for row in [*above, *units]])
        )
        remaining = iter(below)
        while chunk := list(itertools.islice(remaining, min(_ROWS, batch_rows(len(names))))):
            yield to_batch(names, _columns(label, layout, names, chunk))
        warnings += tell_left_out(label, left_out)
        if extra.has_unstored:
            warnings += tell_unstored(label, _count_unstored(file, sheet, names, layout))
    except _UNREADABLE as error:
        raise _damaged(file, error) from error
    finally:
        sheet.parent.close()


def _find_layout(top: list[Row], options: ReaderOptions) -> Layout:
    skipped = options.header_row - 1 if options.header_row else options.skip_rows
    found = find_layout(
        top[skipped:], header=0 if options.header_row else None, units=options.extra_rows == "drop"
    )
    return Layout(found.header + skipped, found.body + skipped, found.is_sure)


def _around(top: list[Row], layout: Layout) -> tuple[list[Row], list[Row]]:
    """Return the rows above the column names, and those of units and descriptions below them."""
    above, units = top[: layout.header], top[layout.header + 1 : layout.body]
    return [row for row in above if filled(row)], [row for row in units if filled(row)]


def _columns(label: str, layout: Layout, names: list[str], rows: list[Row]) -> list[list[Any]]:
    columns = len(names)
    beyond = next((row for row in rows if len(row) > columns), None)
    if beyond is not None:
        raise DataError(
            f"{label}: the value {beyond[-1]!r} is in a column without a name.",
            f"Name every column in row {layout.header + 1}. If the names are in another row, set --header-row to its "
            "number, or --skip-rows to the number of rows above the table.",
        )
    padded = [(*row, *[None] * (columns - len(row))) for row in rows]
    return [[_value(row[at]) for row in padded] for at in range(columns)]


def _count_unstored(
    file: SourceFile, sheet: "ReadOnlyWorksheet", names: list[str], layout: Layout
) -> dict[str, int]:
    """Return the number of formulas without a stored result, by column."""
    workbook, counts = _open(file, formulas=True), Counter[str]()
    other = workbook[sheet.title]
    other.reset_dimensions()
    for results, formulas in zip(sheet.iter_rows(values_only=True), other.iter_rows(), strict=False):
        for name, result, formula in zip(names, results, formulas, strict=False):
            counts[name] += result is None and formula.data_type == "f"
    workbook.close()
    return {name: count for name, count in counts.items() if count}


def _damaged(file: SourceFile, error: Exception) -> DataError:
    return DataError(
        f"{file.label} is not a readable Excel workbook: {error}.", "Save it again as .xlsx, or as CSV."
    )


def _trim(row: Row) -> Row:
    """Drop the blank cells at the end."""
    return tuple(row[: width(row)])


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
    description="One sheet of an Excel workbook (.xlsx, .xlsm), by default the first that holds a table.",
    read=read,
    suffixes=(".xlsx", ".xlsm", ".xls"),
    sniff=_sniff,
    takes="seekable",
    texts="anything",
)
