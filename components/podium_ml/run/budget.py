"""Divides the time limit of a run among its stages.

On the local engine, every task knows when the run started (``PODIUM_STARTED``), so a stage can use the time that
earlier stages left over. On a cluster, a pod gets only the share of its own stage, because much of the elapsed time was
spent on starting pods. The branches are an exception, because any number of them may wait for a node: they know when
the run began on the cluster (``PODIUM_RUN_BEGAN``) and when training should end. In either case the deadline is never a
parameter of a task, because that would defeat caching.
"""

import math
import os
import time
from dataclasses import dataclass

from podium_ml.run.stages import begins
from podium_ml.run.stages import stage as find_stage
from podium_ml.values.quantities import parse_duration

STARTED_VARIABLE = "PODIUM_STARTED"
BEGAN_VARIABLE = "PODIUM_RUN_BEGAN"
# A branch on a cluster gets at least the smaller of these seconds and this share of the training time, however late it
# starts.
_LATE_SECONDS, _LATE_SHARE = 60.0, 0.25
# Seconds that a stage may take beyond its deadline before it is killed, as a share of the limit.
_GRACE = 0.02
# A stage gets at least this, however late it is: enough to report that there was no time.
_LEAST_SECONDS = 5.0


@dataclass(frozen=True)
class Deadline:
    """A point in time by which work must be done.

    Attributes:
        at: Seconds since the epoch, as in ``time.time()``; ``math.inf`` for no deadline.
    """

    at: float = math.inf

    @classmethod
    def after(cls, seconds: float | None) -> "Deadline":
        """Return the deadline that many seconds from now; ``None`` or 0 means no deadline."""
        return cls(time.time() + seconds) if seconds else cls()

    def remaining(self) -> float:
        """Return the seconds left, never negative; infinite without a deadline."""
        return max(0.0, self.at - time.time())

    def passed(self) -> bool:
        """Whether the deadline has passed."""
        return time.time() >= self.at

    def share(self, part: float) -> "Deadline":
        """Return the deadline at which this part of the remaining time will have passed."""
        return Deadline(time.time() + part * self.remaining()) if math.isfinite(self.at) else self

    def earlier(self, other: "Deadline") -> "Deadline":
        """Return the earlier of two deadlines."""
        return self if self.at <= other.at else other


def stage_deadline(stage: str, time_limit: float | str | None) -> Deadline:
    """Return when ``stage`` must have ended in a run with this time limit.

    Args:
        stage: Name of the stage; see ``podium_ml.run.stages``.
        time_limit: Wall-clock limit of the whole run, in seconds or as users write it (``"10m"``); ``None``, 0 or
            an empty text for no limit.
    """
    if not time_limit:
        return Deadline()
    if isinstance(time_limit, str):
        time_limit = parse_duration(time_limit)
    ends = find_stage(stage).ends
    if started := os.environ.get(STARTED_VARIABLE):
        return Deadline(float(started) + ends * time_limit)
    own = (ends - begins(stage)) * time_limit
    began = _began() if stage == "train_candidate" else None
    if began is None:
        return Deadline.after(own)
    left = began + ends * time_limit - time.time()
    return Deadline.after(max(min(own, left), min(_LATE_SECONDS, _LATE_SHARE * own)))


def _began() -> float | None:
    """Return when the run began on the cluster, in seconds since the epoch, or ``None`` if unknown."""
    try:
        return float(os.environ[BEGAN_VARIABLE])
    except (KeyError, ValueError):
        return None


def stage_timeout(stage: str, time_limit: str) -> float:
    """Return the seconds after which a stage with a fallback is killed; 0 for never.

    Args:
        stage: Name of the stage; see ``podium_ml.run.stages``.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
    """
    if not time_limit:
        return 0.0
    return max(
        _LEAST_SECONDS, stage_deadline(stage, time_limit).remaining() + _GRACE * parse_duration(time_limit)
    )
