"""The end of downloads that take too long: a server may send a byte now and then, for years."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from podium_ml.errors import DataError

# A download may take the first of these, and as long as its bytes take at the slowest pace, but never the last.
_START_SECONDS, _SLOWEST_BYTES, _MOST_SECONDS = 60.0, 8 * 1024, 6 * 3600.0
_CHECK_SECONDS = 0.5


class Patience:
    """Watches the connections of a download from a thread, and closes them if they are too slow.

    A timeout for each wait is not enough, because each byte begins a new wait, also before the answer begins.

    Args:
        label: Name of the source in messages.
    """

    def __init__(self, label: str) -> None:
        self._label, self._began, self._bytes = label, time.monotonic(), 0
        self._sockets: list[socket.socket] = []
        self._done, self._expired = threading.Event(), False

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def watch(self, connection: socket.socket) -> None:
        """Add a connection."""
        self._sockets.append(connection)
        if self._expired:
            _close(connection)

    def count(self, received: int) -> None:
        """Count bytes that have arrived."""
        self._bytes += received

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Convert the errors of a connection that this object has closed.

        Raises:
            DataError: The download took too long.
        """
        try:
            yield
        except (OSError, ValueError, http.client.HTTPException):
            if not self._expired:
                raise
        if self._expired:
            raise DataError(
                f"The download of {self._label} takes too long: {self._bytes:,} bytes in {self._seconds:,.0f} s.",
                "Use a faster server, or copy the file to an object store.",
            )

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _watch(self) -> None:
        while not self._done.wait(_CHECK_SECONDS):
            if self._seconds > min(_START_SECONDS + self._bytes / _SLOWEST_BYTES, _MOST_SECONDS):
                self._expired = True
                for connection in self._sockets:
                    _close(connection)
                return


def _close(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        # Not the method of an encrypted socket, which a read in progress needs as it is.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
