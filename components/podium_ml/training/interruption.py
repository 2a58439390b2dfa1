"""Ending a fit that does not look at the clock."""

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

from podium_ml.errors import TrainingError
from podium_ml.run.budget import Deadline

# A library may swallow the first interruption, so it is repeated.
_REPEAT_SECONDS = 1.0


class OutOfTimeError(TrainingError):
    """A trial took longer than it may."""


@contextlib.contextmanager
def interrupted_at(deadline: Deadline) -> Iterator[None]:
    """Raise ``OutOfTimeError`` inside the block once the deadline is over.

    It reaches whatever returns to Python now and then. Compiled code that never does is beyond it: whoever supervises
    the process must kill that. Nothing happens outside the main thread, where Python handles no signals.

    Args:
        deadline: When to interrupt; one that is past interrupts at once.
    """
    if math.isinf(deadline.at) or threading.current_thread() is not threading.main_thread():
        yield
        return
    active = True

    def ring(number: int, frame: FrameType | None) -> None:
        if active:
            raise OutOfTimeError("It took longer than its time limit.")

    began, before = time.time(), signal.signal(signal.SIGALRM, ring)
    delay, interval = signal.setitimer(signal.ITIMER_REAL, max(1e-3, deadline.remaining()), _REPEAT_SECONDS)
    try:
        yield
    finally:
        active = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if delay:  # someone else's alarm goes on
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, delay - (time.time() - began)), interval)
