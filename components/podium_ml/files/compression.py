"""Compressed files, recognized by their content: gzip, bzip2, xz, zip and zstd."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path
from typing import Protocol

from podium_ml.errors import DataError

SUFFIXES = (".gz", ".bz2", ".xz", ".zip", ".zst", ".zstd")
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
}
_WORKBOOK_MEMBERS = ("xl/", "[Content_Types].xml")


class ByteStream(Protocol):
    """A stream of bytes."""

    def read(self, size: int) -> bytes:
        """Return at most ``size`` bytes, or none at the end."""
        ...

    def close(self) -> None:
        """Release the resources of the stream."""
        ...


def find_compression(path: Path) -> str:
    """Return ``gzip``, ``bz2``, ``xz``, ``zip``, ``zstd``, or an empty string for none.

    Excel workbooks are zip files, but do not count as compressed.
    """
    with path.open("rb") as file:
        head = file.read(8)
    found = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
    return "" if found == "zip" and _is_workbook(path) else found


def open_compressed(path: Path, compression: str, *, label: str) -> ByteStream:
    """Open a file for reading its decompressed bytes.

    Args:
        path: The file.
        compression: The result of ``find_compression``.
        label: Name of the file in messages.

    Raises:
        DataError: A zip archive is damaged, encrypted, empty, or contains several files.
    """
    match compression:
        case "gzip":
            return gzip.open(path)
        case "bz2":
            return bz2.open(path)
        case "xz":
            return lzma.open(path)
        case "zip":
            return _open_zip(path, label)
        case "zstd":
            import pyarrow as pa

            return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
    return path.open("rb")


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith(_WORKBOOK_MEMBERS) for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def _open_zip(path: Path, label: str) -> ByteStream:
    try:
        archive = zipfile.ZipFile(path)
        members = [m for m in archive.namelist() if not m.endswith("/") and not _is_hidden(m)]
        if len(members) == 1:
            return archive.open(members[0])
    except (zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(
            f"{label} cannot be decompressed (zip): {error}.", "Create the archive again."
        ) from error
    shown = ", ".join(members[:5]) or "none"
    raise DataError(
        f"{label} contains {len(members)} files ({shown}) instead of one.", "Unpack it and use the folder."
    )


def _is_hidden(member: str) -> bool:
    return member.startswith("__MACOSX/") or member.rsplit("/", 1)[-1].startswith(".")
