"""How long the run has taken so far, and how long each of its stages took."""

import os
import time
from pathlib import Path

from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.run.events import EVENTS_VARIABLE, parse
from podium_ml.run.stages import STAGES


def run_seconds() -> float | None:
    """Return the wall-clock seconds since the run started, or ``None`` on a cluster, where tasks do not know it."""
    started = _started()
    return None if started is None else round(time.time() - started, 1)


def stage_seconds() -> tuple[tuple[str, float], ...]:
    """Return the title and the wall-clock seconds of each stage that has ended, from the first start to the last end.

    Branches run at the same time, so this is less than the sum of their times. Stages whose results came from the cache
    are left out, and on a cluster all are.
    """
    path, since = os.environ.get(EVENTS_VARIABLE), _started() or 0.0
    if not path or not Path(path).exists():
        return ()
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    with Path(path).open("rb") as lines:
        for event in parse(lines):
            if event["at"] < since:  # of an earlier attempt
                continue
            if event["event"] == "stage_started":
                starts.setdefault(event["stage"], event["at"])
            elif event["event"] == "stage_finished":
                ends[event["stage"]] = event["at"]
    return tuple(
        (stage.title, ends[stage.name] - starts[stage.name])
        for stage in STAGES
        if stage.name in starts and stage.name in ends
    )


def _started() -> float | None:
    started = os.environ.get(STARTED_VARIABLE)
    return float(started) if started else None
