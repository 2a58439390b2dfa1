"""Interrupts fits that do not watch the clock."""

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

from podium_ml.errors import TrainingError
from podium_ml.run.budget import Deadline

# A library may swallow the first interruption, so the alarm repeats.
_REPEAT_SECONDS = 1.0
_LATE = "It exceeded its time limit."


class OutOfTimeError(TrainingError):
    """A trial exceeded its time limit."""


@contextlib.contextmanager
def interrupted_at(deadline: Deadline) -> Iterator[None]:
    """Raise ``OutOfTimeError`` inside the block once the deadline has passed.

    This works only while the code returns to Python now and then. Compiled code that never does must be killed by the
    supervisor of the process. Outside the main thread nothing happens, because Python handles no signals there.

    Args:
        deadline: When to interrupt; a past deadline interrupts at once.
    """
    if math.isinf(deadline.at) or threading.current_thread() is not threading.main_thread():
        yield
        return
    active, rang = True, False

    def ring(number: int, frame: FrameType | None) -> None:
        nonlocal rang
        if active:
            rang = True
            raise OutOfTimeError(_LATE)

    began, before = time.time(), signal.signal(signal.SIGALRM, ring)
    delay, interval = signal.setitimer(signal.ITIMER_REAL, max(1e-3, deadline.remaining()), _REPEAT_SECONDS)
    try:
        yield
    except KeyboardInterrupt:
        if rang:  # CatBoost turns any error in its callbacks into this one.
            raise OutOfTimeError(_LATE) from None
        raise
    finally:
        active = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if delay:  # Restore the alarm that was set before.
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, delay - (time.time() - began)), interval)
