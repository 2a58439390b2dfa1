"""A stream of bytes that is made from another one, part by part."""

import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


class ConvertedStream(io.RawIOBase):
    """The base of such streams; they return the next converted bytes from ``_next``, empty ones at the end."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._pending = b""

    def _next(self) -> bytes:
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        self._pending = self._pending or self._next()
        given, self._pending = self._pending[: len(view)], self._pending[len(view) :]
        view[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._source.close()
        super().close()
