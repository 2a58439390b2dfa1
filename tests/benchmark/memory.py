"""The peak memory of a process and all its descendants."""

import contextlib
import threading
from types import TracebackType
from typing import Self

import psutil

_SAMPLE_SECONDS = 0.5


class PeakMemory:
    """Samples the memory of a process tree until the block ends; ``peak`` is the greatest value in bytes."""

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def watch(self, pid: int) -> None:
        """Begin to sample.

        Args:
            pid: The process.
        """
        self._thread = threading.Thread(target=self._sample, args=(pid,), daemon=True)
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def _sample(self, pid: int) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, _memory(pid))


def _memory(pid: int) -> int:
    """Return the bytes of a process and its descendants, with shared pages counted once (PSS)."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total
