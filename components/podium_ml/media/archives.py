"""Archives of files: zip and tar, read without unpacking them, and only as far as is safe."""

import io
import lzma
import struct
import tarfile
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from podium_ml.errors import DataError
from podium_ml.files.compression import find_compression, open_compressed
from podium_ml.values.bounds import Allowance

# A file of an archive, unpacked, and how many times its packed size it may have.
_LARGEST_FILE, _MOST_TIMES, _ALWAYS = 1 << 29, 250, 1 << 26
_MOST_FILES = 2_000_000
_CHUNK, _HEADER = 1 << 20, tarfile.BLOCKSIZE
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, RuntimeError, NotImplementedError, ValueError, OverflowError, MemoryError, OSError),
)


@dataclass(frozen=True)
class Archive:
    """The files of an open archive.

    Attributes:
        names: Paths of the files, with slashes.
        folders: Paths of the folders.
        read: Returns the bytes of a file; several threads may call it.
        head: Returns the first bytes of a file, as many as are told; several threads may call it.
    """

    names: tuple[str, ...]
    folders: tuple[str, ...]
    read: Callable[[str], bytes]
    head: Callable[[str, int], bytes]


def is_archive(path: Path) -> bool:
    """Whether a file is a zip or tar archive, by its content."""
    try:
        return zipfile.is_zipfile(path) or _is_tar(path)
    except (*_DAMAGE, DataError):
        return False


@contextmanager
def open_archive(path: Path, label: str) -> Iterator[Archive]:
    """Open an archive.

    Args:
        path: The file.
        label: Its name in messages.

    Raises:
        DataError: It is damaged or encrypted, holds files outside of itself, or unpacks too far.
    """
    opened = _open_zip(path, label) if zipfile.is_zipfile(path) else _open_tar(path, label)
    with opened as archive:
        turn, allowance = threading.Lock(), Allowance(label, packed=path.stat().st_size)

        def read(name: str) -> bytes:
            with turn, _told(label):  # the file has one position
                content = archive.read(name)
                allowance.take(len(content))
                return content

        def head(name: str, size: int) -> bytes:
            with turn, _told(label):
                return archive.head(name, size)

        yield Archive(archive.names, archive.folders, read, head)


@contextmanager
def _told(label: str) -> Iterator[None]:
    """Convert the errors of damaged archives."""
    try:
        yield
    except _DAMAGE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{label} cannot be unpacked: {reason}.", "Create the archive again.") from error


def _is_tar(path: Path) -> bool:
    """Whether a file begins as a tar archive; of a compressed one, no more than the first header is unpacked."""
    with closing(open_compressed(path, find_compression(path), label=path.name)) as stream:
        tarfile.TarInfo.frombuf(stream.read(_HEADER), "utf-8", "surrogateescape")
    return True


@contextmanager
def _open_zip(path: Path, label: str) -> Iterator[Archive]:
    with _told(label):
        packed = zipfile.ZipFile(path)
    with packed:
        yield _of_zip(packed, label)


@contextmanager
def _open_tar(path: Path, label: str) -> Iterator[Archive]:
    """Open a tar archive; a compressed one is unpacked into one file first, as it can only be read from its start."""
    compression = find_compression(path)
    with tempfile.TemporaryFile(prefix="podium-") if compression else path.open("rb") as plain:
        with _told(label):
            if compression:
                _unpack(path, compression, plain, label)
            packed = tarfile.open(fileobj=_Plain(plain), mode="r:")  # type: ignore[call-overload]  # noqa: SIM115
            archive = _of_tar(packed, label)
        yield archive


def _unpack(path: Path, compression: str, plain: BinaryIO, label: str) -> None:
    folder = Path(tempfile.gettempdir())
    allowance = Allowance(label, packed=path.stat().st_size, folder=folder)
    with closing(open_compressed(path, compression, label=label)) as stream:
        while chunk := stream.read(_CHUNK):
            allowance.take(len(chunk))
            plain.write(chunk)
    plain.seek(0)


class _Plain:
    """The file of a tar archive, of which no header can ask for more than is there, or for what lies before.

    Args:
        file: The file.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.tell = file, file.tell
        self._size = file.seek(0, io.SEEK_END)
        file.seek(0)

    def seek(self, offset: int) -> int:
        """Move to a place."""
        if offset < 0:
            raise tarfile.ReadError("a header points to before the file")
        return self._file.seek(offset)

    def read(self, size: int = -1) -> bytes:
        """Return bytes from here on."""
        left = max(0, self._size - self._file.tell())
        wanted = left if size < 0 else min(size, left)
        if wanted > _LARGEST_FILE:
            raise tarfile.ReadError("a header asks for too much")
        return self._file.read(wanted)


def _of_zip(packed: zipfile.ZipFile, label: str) -> Archive:
    named = [
        (one.filename.replace("\\", "/"), one) for one in packed.infolist()
    ]  # some programs write backslashes
    files = {name: one for name, one in named if not name.endswith("/")}
    folders = tuple(name.rstrip("/") for name, _ in named if name.endswith("/"))
    _check_names([*files], label)

    def read(name: str) -> bytes:
        info = files[name]
        _check_size(name, info.file_size, info.compress_size, label)
        with packed.open(info) as stream:
            content = stream.read(info.file_size + 1)
        _check_size(name, len(content), info.compress_size, label)
        return content

    def head(name: str, size: int) -> bytes:
        with packed.open(files[name]) as stream:
            return stream.read(size)

    return Archive(tuple(files), folders, read, head)


def _of_tar(packed: tarfile.TarFile, label: str) -> Archive:
    files, folders = {}, []
    for count, one in enumerate(packed):
        if count > _MOST_FILES:
            raise _too_many(label)
        if one.size < 0:  # it would be followed by itself
            raise tarfile.ReadError(f"{one.name} has a negative size")
        if one.isdir():
            folders.append(one.name.rstrip("/"))
        elif one.isfile():  # links may lead outside
            files[one.name.removeprefix("./")] = one
    _check_names([*files], label)

    def read(name: str) -> bytes:
        info = files[name]
        _check_size(name, info.size, info.size, label)
        return head(name, info.size)

    def head(name: str, size: int) -> bytes:
        stream = packed.extractfile(files[name])
        return stream.read(size) if stream else b""

    return Archive(tuple(files), tuple(name.removeprefix("./") for name in folders), read, head)


def _check_names(names: list[str], label: str) -> None:
    if len(names) > _MOST_FILES:
        raise _too_many(label)
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
            raise DataError(
                f"{label} holds {name!r}, whose path leads out of the archive.",
                "Create the archive again with relative paths.",
            )


def _check_size(name: str, size: int, packed: int, label: str) -> None:
    if size > _LARGEST_FILE or size > max(_ALWAYS, _MOST_TIMES * max(1, packed)):
        raise DataError(
            f"{label}: {name} unpacks to {size / 2**20:,.0f} MB, as files do that are made to do harm.",
            "If you trust it, unpack it yourself and use the folder.",
        )


def _too_many(label: str) -> DataError:
    return DataError(f"{label} holds more than {_MOST_FILES:,} files.", "Split it into several.")
