"""Progress of a run as JSON lines: tasks append, whoever shows the run reads along.

The file is named by the environment variable ``PODIUM_EVENTS``. Without it (a pod on a cluster, a unit test) nothing
is written. One line is one ``write`` to a file opened for appending, so lines of parallel tasks never mix.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

EVENTS_VARIABLE = "PODIUM_EVENTS"


def emit(event: str, **fields: Any) -> None:
    """Append one event with the time of day in seconds since the epoch.

    Args:
        event: What happened: ``stage_started``, ``stage_finished``, ``stage_failed``, ``branch_planned``,
            ``trial_finished``, ``branch_finished``, ``output`` or ``error``.
        **fields: JSON-able details, e.g. ``stage="train_candidate"``, ``algorithm="lightgbm"``, ``score=0.91``.
    """
    path = os.environ.get(EVENTS_VARIABLE)
    if not path:
        return
    line = json.dumps({"event": event, "at": round(time.time(), 3), **fields}, default=str) + "\n"
    with contextlib.suppress(OSError):  # a full disk: the work itself will say so
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def parse(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the events of a file's lines; one that is not whole is passed over, as a full disk leaves it."""
    for line in lines:
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict) and "event" in event:
                yield event
