"""Seconds that a piece of work takes, on a machine that may be busy."""

import time


class Stopwatch:
    """Measures from its creation on.

    On a busy machine a short piece of work takes longer than its own computing time, and a piece of work with several
    threads computes for longer than it takes. The smaller of the two is what it takes on a quiet machine.
    """

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def seconds(self) -> float:
        """Return the seconds since the creation."""
        return min(time.perf_counter() - self._wall, time.process_time() - self._cpu)
