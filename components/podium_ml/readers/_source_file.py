"""One thing to read: where it lies, what messages call it, and its bytes without compression."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from podium_ml.errors import DataError
from podium_ml.readers._compression import SUFFIXES, find_compression, open_compressed

if TYPE_CHECKING:
    from typing_extensions import Buffer

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True)
class SourceFile:
    """A local file, or for databases and Delta tables an address that their reader understands.

    Attributes:
        address: Path of a local file (downloads included), a folder, or a URL; may hold a password, so no message
            shows it.
        label: What messages call it.
        partitions: Values of the ``name=value`` folders that it lies in; they are columns of its rows.
    """

    address: str
    label: str
    partitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The local file."""
        return Path(self.address)

    @property
    def suffix(self) -> str:
        """Last suffix of its name in small letters, without that of a compression: ``.csv`` of ``a.csv.gz``."""
        suffixes = [suffix.lower() for suffix in PurePosixPath(self.label.split("?")[0]).suffixes]
        while suffixes and suffixes[-1] in SUFFIXES:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    @property
    def compression(self) -> str:
        """``gzip``, ``bz2``, ``xz``, ``zip``, ``zstd`` or nothing, by its content."""
        return find_compression(self.path)

    def open(self) -> BinaryIO:
        """Open it for reading its bytes, decompressed; reading raises ``DataError`` where it is damaged."""
        return cast(BinaryIO, io.BufferedReader(_Plain(self), 1024 * 1024))

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return its first bytes, decompressed."""
        with self.open() as stream:
            return stream.read(size)


class _Plain(io.RawIOBase):
    """The bytes of a file, decompressed, whose errors are worded for the user."""

    def __init__(self, file: SourceFile) -> None:
        self._label = file.label
        self._compression = file.compression
        self._inner = open_compressed(file.path, self._compression, label=file.label)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        try:
            content = self._inner.read(len(view))
        except Exception as error:  # each compression has its own exceptions
            raise self._explain(error) from error
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._inner.close()
        super().close()

    def _explain(self, error: Exception) -> DataError:
        if self._compression:
            return DataError(
                f"{self._label} cannot be decompressed ({self._compression}): {error}.",
                "The file is damaged or cut short; fetch or make it again.",
            )
        return DataError(f"{self._label} cannot be read: {error}.")
