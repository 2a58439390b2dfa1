"""Archives of files: zip and tar, read without unpacking them, and only as far as is safe."""

import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from podium_ml.errors import DataError

# A file of an archive, unpacked, and how many times its packed size it may have.
_LARGEST_FILE, _MOST_TIMES, _ALWAYS = 1 << 30, 250, 1 << 26
_MOST_FILES = 2_000_000
_TAR_HEAD = 512


@dataclass(frozen=True)
class Archive:
    """The files of an open archive.

    Attributes:
        names: Paths of the files, with slashes.
        folders: Paths of the folders.
        read: Returns the bytes of a file.
    """

    names: tuple[str, ...]
    folders: tuple[str, ...]
    read: Callable[[str], bytes]


def is_archive(path: Path) -> bool:
    """Whether a file is a zip or tar archive, by its content."""
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except (OSError, EOFError, tarfile.TarError, ValueError):
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
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                yield _of_zip(packed, label)
        else:
            with tarfile.open(path) as packed_tar:
                yield _of_tar(packed_tar, label)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        OSError,
    ) as error:
        if isinstance(error, OSError) and not isinstance(error, EOFError) and error.errno is not None:
            raise
        raise DataError(f"{label} cannot be unpacked: {error}.", "Create the archive again.") from error


def _of_zip(packed: zipfile.ZipFile, label: str) -> Archive:
    files = {one.filename: one for one in packed.infolist() if not one.is_dir()}
    folders = tuple(one.filename.rstrip("/") for one in packed.infolist() if one.is_dir())
    _check_names([*files], label)

    def read(name: str) -> bytes:
        info = files[name]
        _check_size(name, info.file_size, info.compress_size, label)
        with packed.open(info) as stream:
            content = stream.read(info.file_size + 1)
        _check_size(name, len(content), info.compress_size, label)
        return content

    return Archive(tuple(files), folders, read)


def _of_tar(packed: tarfile.TarFile, label: str) -> Archive:
    files, folders = {}, []
    for count, one in enumerate(packed):
        if count > _MOST_FILES:
            raise _too_many(label)
        if one.isdir():
            folders.append(one.name.rstrip("/"))
        elif one.isfile():  # links may lead outside
            files[one.name.removeprefix("./")] = one
    _check_names([*files], label)

    def read(name: str) -> bytes:
        info = files[name]
        _check_size(name, info.size, info.size, label)
        stream = packed.extractfile(info)
        return stream.read() if stream else b""

    return Archive(tuple(files), tuple(name.removeprefix("./") for name in folders), read)


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
