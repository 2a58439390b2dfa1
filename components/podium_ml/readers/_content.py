"""Recognizing files that are not tables by their first bytes."""

import codecs

from podium_ml.errors import DataError
from podium_ml.readers._source_file import SourceFile

# Files that are often mistaken for tables: first bytes, description, and what to do.
_FOREIGN = (
    (b"%PDF", "a PDF document", "Export its table as CSV."),
    (b"\x89PNG", "a PNG image", "Use a table that lists the images."),
    (b"\xff\xd8\xff", "a JPEG image", "Use a table that lists the images."),
    (b"GIF8", "a GIF image", "Use a table that lists the images."),
    (b"SQLite format 3\x00", "an SQLite database", "Use sqlite:///path with a query."),
    (
        b"\xd0\xcf\x11\xe0",
        "an old or encrypted Office document",
        "Save it as .xlsx without a password, or as CSV.",
    ),
    (b"\x89HDF", "an HDF5 file", "Export its table as Parquet or CSV."),
    (b"\x93NUMPY", "a NumPy array", "Export it as Parquet or CSV with column names."),
    (b"\x7fELF", "a program", "Use a file that contains a table."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it and use the file inside."),
    (b"Rar!", "a RAR archive", "Unpack it and use the file inside."),
    (b"Obj\x01", "an Avro file", "Export its table as Parquet."),
    (b"ORC", "an ORC file", "Export its table as Parquet."),
    (b"\x80\x04\x95", "a Python pickle", "Save the data frame as Parquet."),
    (b"\x80\x05\x95", "a Python pickle", "Save the data frame as Parquet."),
    (b"PK\x03\x04", "a zip archive", "Unpack it and use the file inside."),
    (b"PAR1", "a Parquet file", "Omit the format, or set it to parquet."),
    (b"ARROW1", "an Arrow file", "Omit the format, or set it to arrow."),
)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_PLAIN = frozenset(range(0x20, 0x100)) - {0x7F} | set(b"\t\n\r\f\x0b\x1b")


def refuse_other_content(file: SourceFile, *, wanted: str) -> None:
    """Raise an error if a file that should be text is something else.

    Args:
        file: The file.
        wanted: What the file should be, e.g. ``"CSV file"``.

    Raises:
        DataError: The file is empty, a web page, or binary; the message says what it seems to be.
    """
    head = file.head()
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DataError(f"{file.label} is empty.", "Provide a file with column names and rows.")
    if is_web_page(head):
        raise DataError(
            f"{file.label} is a web page, not a table.", "Use the link that downloads the file itself."
        )
    if not is_text(head):
        raise describe_rubbish(file, head, wanted=wanted)


def describe_rubbish(file: SourceFile, head: bytes, *, wanted: str = "table") -> DataError:
    """Return the error for content that no reader understands."""
    what, hint = (
        "text" if is_text(head) else "binary data",
        "Check that this is the right file, or set its format.",
    )
    for magic, name, advice in _FOREIGN:
        if head.startswith(magic):
            what, hint = name, advice
    return DataError(f"{file.label} is not a valid {wanted}: it contains {what}.", hint)


def is_text(head: bytes) -> bool:
    """Whether bytes are text in a common encoding."""
    if not head or any(head.startswith(magic) for magic, _, _ in _FOREIGN):
        return False
    if head.startswith(_WIDE) or looks_wide(head):
        return True
    strange = sum(byte not in _PLAIN for byte in head)
    return strange <= 0.005 * len(head)


def looks_wide(head: bytes) -> str | None:
    """Return the encoding of UTF-16 text without a byte order mark, or ``None`` if it is not UTF-16.

    In mostly Western text, every second byte of UTF-16 is zero.
    """
    half = len(head) // 2
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.05 * half else None


def is_web_page(head: bytes) -> bool:
    """Whether bytes are the beginning of an HTML page."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head"))
