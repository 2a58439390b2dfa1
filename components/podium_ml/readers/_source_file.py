"""A file to read: its location, its name in messages, and its decompressed bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from podium_ml.errors import DataError
from podium_ml.files.compression import SUFFIXES, find_compression, open_compressed
from podium_ml.values.bounds import Allowance

if TYPE_CHECKING:
    from typing_extensions import Buffer

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class SourceFile:
    """A local file, or the address of a database or Delta table.

    Attributes:
        address: Path of a local file (possibly downloaded) or folder, or a URL. It may contain a password, so messages
            never show it.
        label: Name in messages.
        partitions: Values of the ``name=value`` folders that contain it; they become columns.
        most_bytes: Decompressed bytes after which it ends for those who open it, at the end of a line; 0 for none.
        members: Of a folder, the paths below it of the files that count, in order; empty for all.
    """

    address: str
    label: str
    partitions: Mapping[str, str] = field(default_factory=dict)
    most_bytes: int = 0
    members: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Path of the local file."""
        return Path(self.address)

    @property
    def suffix(self) -> str:
        """Last suffix of the name in lower case, without compression suffixes: ``.csv`` for ``a.csv.gz``."""
        suffixes = [suffix.lower() for suffix in PurePosixPath(self.label.split("?")[0]).suffixes]
        while suffixes and suffixes[-1] in SUFFIXES:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    @property
    def compression(self) -> str:
        """Compression according to the content: ``gzip``, ``bz2``, ``xz``, ``zip``, ``zstd``, or empty for none."""
        return find_compression(self.path)

    def open(self) -> BinaryIO:
        """Open the file for reading its decompressed bytes; reading a damaged file raises ``DataError``."""
        stream = cast(BinaryIO, io.BufferedReader(_Plain(self), 1024 * 1024))
        return _beginning(stream, self.most_bytes) if self.most_bytes else stream

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return the first decompressed bytes."""
        with self.open() as stream:
            return stream.read(size)


def _beginning(stream: BinaryIO, most: int) -> BinaryIO:
    """Return the first complete lines of a stream, which is closed."""
    with stream:
        content = stream.read(most + 1)
    if len(content) <= most:
        return io.BytesIO(content)
    end = content.rfind(b"\n", 0, most) + 1
    if b"\0" in content[:4]:  # UTF-16: a line ends after a whole character
        end += end % 2
    return io.BytesIO(content[: end or most])


class _Plain(io.RawIOBase):
    """The decompressed bytes of a file, with errors worded for the user."""

    def __init__(self, file: SourceFile) -> None:
        self._label = file.label
        self._compression = file.compression
        self._inner = open_compressed(file.path, self._compression, label=file.label)
        packed = file.path.stat().st_size if self._compression else 0
        self._allowance = Allowance(file.label, packed=packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        try:
            content = self._inner.read(len(view))
        except Exception as error:  # each compression has its own exceptions
            raise self._explain(error) from error
        self._allowance.take(len(content))
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._inner.close()
        super().close()

    def _explain(self, error: Exception) -> DataError:
        if self._compression:
            return DataError(
                f"{self._label} cannot be decompressed ({self._compression}): {error}.",
                "The file is damaged or truncated; download or create it again.",
            )
        return DataError(f"{self._label} cannot be read: {error}.")
