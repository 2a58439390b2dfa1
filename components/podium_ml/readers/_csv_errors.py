"""Errors of delimited text files, worded for the user."""

import pyarrow as pa

from podium_ml.errors import DataError
from podium_ml.readers._cells import is_comment
from podium_ml.readers._csv_file import CsvFile
from podium_ml.readers._dialect import RaggedHandler, RaggedRow, spell
from podium_ml.readers._encoding import open_text, open_utf8

_CHUNK = 8 * 1024 * 1024


def ragged_error(file: CsvFile, row: RaggedRow) -> DataError:
    """Return the error for a row with too many or too few fields."""
    dialect, label = file.dialect, file.source.label
    where = _locate(file) or f"row {row.number}"
    names = (
        "the first line has" if not dialect.skipped else f"line {dialect.skipped + 1}, with the names, has"
    )
    return DataError(
        f"{label}, {where}: {row.actual} {'field' if row.actual == 1 else 'fields'}, but {names} {row.expected}.",
        _advice(file, row),
    )


def unreadable_error(file: CsvFile, ragged: RaggedHandler, error: pa.ArrowInvalid) -> DataError:
    """Return the error for what Arrow cannot read."""
    label = file.source.label
    if ragged.rows:
        return ragged_error(file, ragged.rows[0])
    if "straddling" in str(error):
        return DataError(
            f"{label} has a row longer than {_CHUNK >> 20} MB.", "Check for a quote that is never closed."
        )
    return DataError(f"{label} cannot be read as a text table: {error}.", "Check its delimiter and quotes.")


def check_last_quote(file: CsvFile) -> None:
    """Raise an error if the file ends inside a quoted field, which then contains everything after the opening quote."""
    tail, quote = b"", file.dialect.quote
    with open_utf8(file.source, file.encoding) as stream:
        while chunk := stream.read(_CHUNK):
            tail = (tail + chunk)[-4096:]
    tail = tail.rstrip(b"\r\n")
    quotes = len(tail) - len(tail.rstrip(quote.encode()))
    if quotes % 2 == 0:
        raise DataError(
            f"{file.source.label} ends inside a quoted field.",
            f"Close the open quote {quote}, or double each quote that is part of the text.",
        )


def _advice(file: CsvFile, row: RaggedRow) -> str:
    """Return what helps: whether the first line, this row or its quotes are wrong depends on the other rows."""
    if file.usual_fields != row.expected:
        return (
            f"Most rows have {file.usual_fields} fields: name every column. If the names are in another line, set "
            "--header-row to its number, or --skip-rows to the number of lines above the table."
        )
    if row.actual < row.expected:
        return "Complete or remove the row; if it is a title or a note, --skip-rows skips lines at the top."
    return f"If a field contains the delimiter {spell(file.dialect.delimiter)}, put it in quotes."


def _locate(file: CsvFile) -> str:
    """Return the line of the first ragged row; it differs from the row number if values contain line breaks."""
    with open_text(file.source, file.encoding) as text:
        for line, row in file.dialect.rows(text):
            is_ragged = row and len(file.without_surplus(row)) != len(file.names)
            if line >= file.dialect.skipped and is_ragged and not is_comment(row):
                return f"line {line + 1}"
    return ""
