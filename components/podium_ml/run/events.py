"""Progress of a run as JSON lines, which tasks append and the progress display reads.

The environment variable ``PODIUM_EVENTS`` names the file. Without it (in a pod on a cluster, in a unit test), nothing
is written. Each line is a single ``write`` to a file opened for appending, so lines of parallel tasks never mix.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from podium_ml.values.masking import masked

EVENTS_VARIABLE = "PODIUM_EVENTS"
# Fields with the words of errors and warnings, which may repeat a secret.
_WORDS = {"message", "hint", "reason", "text"}


def emit(event: str, **fields: Any) -> None:
    """Append one event with the current time in seconds since the epoch.

    Args:
        event: What happened: ``stage_started``, ``stage_finished``, ``stage_failed``, ``branch_planned``,
            ``trial_finished``, ``branch_finished``, ``output`` or ``error``.
        **fields: JSON-able details, e.g. ``stage="train_candidate"``, ``algorithm="lightgbm"``, ``score=0.91``.
    """
    path = os.environ.get(EVENTS_VARIABLE)
    if not path:
        return
    fields |= {name: masked(str(fields[name])) for name in _WORDS & set(fields)}
    line = json.dumps({"event": event, "at": round(time.time(), 3), **fields}, default=str) + "\n"
    with contextlib.suppress(OSError):  # On a full disk, the work itself will report the error.
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def recorded(event: str) -> Iterator[dict[str, Any]]:
    """Yield the events of one type that the tasks of this run have emitted so far."""
    path = Path(os.environ.get(EVENTS_VARIABLE, ""))
    if path.is_file():
        with path.open("rb") as lines:
            yield from (one for one in parse(lines) if one["event"] == event)


def parse(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the events in the lines of a file. Incomplete lines, as a full disk leaves them, are skipped."""
    for line in lines:
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict) and "event" in event:
                yield event
