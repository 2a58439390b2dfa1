"""How the time limit of a run is shared among its stages.

On the local engine every task knows when the run started (``PODIUM_STARTED``), so a stage may use what earlier stages
left over. A pod on a cluster takes the share that is its stage's own, because much of what is over went into starting
pods. But the branches, of which any number may wait for a place on a node, know when the run began there
(``PODIUM_RUN_BEGAN``) and when training should be over. Either way the deadline never enters a task's parameters, which
would defeat caching.
"""

import math
import os
import time
from dataclasses import dataclass

from podium_ml.values.quantities import parse_duration

STARTED_VARIABLE = "PODIUM_STARTED"
BEGAN_VARIABLE = "PODIUM_RUN_BEGAN"
# Seconds, and share of the training time, that a branch gets on a cluster however late it starts; the less of the two.
_LATE_SECONDS, _LATE_SHARE = 60.0, 0.25
# Seconds that a stage may take beyond its deadline before it is killed, as a share of the limit.
_GRACE = 0.02
# What it gets however late it is: enough to say that there was no time.
_LEAST_SECONDS = 5.0

# Fraction of the time limit by which each stage must have ended.
ENDS = {
    "ingest_data": 0.08,
    "validate_data": 0.14,
    "plan_training": 0.15,
    "featurize_data": 0.18,
    "train_candidate": 0.75,
    "build_ensemble": 0.78,
    "select_model": 0.83,
    "evaluate_models": 0.865,
    "challenge_champion": 0.88,
    "explain_model": 0.91,
    "refit_model": 0.93,
    "publish_run": 1.0,
}


@dataclass(frozen=True)
class Deadline:
    """A moment to be done by; ``math.inf`` means there is none.

    Attributes:
        at: ``time.time()`` value of the moment, in seconds since the epoch.
    """

    at: float = math.inf

    @classmethod
    def after(cls, seconds: float | None) -> "Deadline":
        """Return the moment that many seconds from now; none or 0 means no deadline."""
        return cls(time.time() + seconds) if seconds else cls()

    def remaining(self) -> float:
        """Seconds left, never negative; infinite without a deadline."""
        return max(0.0, self.at - time.time())

    def passed(self) -> bool:
        """Whether the moment is over."""
        return time.time() >= self.at

    def share(self, part: float) -> "Deadline":
        """The moment when that part of what is left will be over."""
        return Deadline(time.time() + part * self.remaining()) if math.isfinite(self.at) else self

    def earlier(self, other: "Deadline") -> "Deadline":
        """The one of two deadlines that comes first."""
        return self if self.at <= other.at else other


def stage_deadline(stage: str, time_limit: float | str | None) -> Deadline:
    """Return when ``stage`` must have ended in a run limited to ``time_limit`` seconds.

    Args:
        stage: A key of ``ENDS``.
        time_limit: Wall-clock limit of the whole run, in seconds or as users write it (``"10m"``); ``None``, 0 or
            an empty text for no limit.
    """
    if not time_limit:
        return Deadline()
    if isinstance(time_limit, str):
        time_limit = parse_duration(time_limit)
    if started := os.environ.get(STARTED_VARIABLE):
        return Deadline(float(started) + ENDS[stage] * time_limit)
    stages = list(ENDS)
    position = stages.index(stage)
    begins = ENDS[stages[position - 1]] if position else 0.0
    own = (ENDS[stage] - begins) * time_limit
    began = _began() if stage == "train_candidate" else None
    if began is None:
        return Deadline.after(own)
    left = began + ENDS[stage] * time_limit - time.time()
    return Deadline.after(max(min(own, left), min(_LATE_SECONDS, _LATE_SHARE * own)))


def _began() -> float | None:
    """Return when the run began on the cluster, in seconds since the epoch, or ``None`` if that is not known."""
    try:
        return float(os.environ[BEGAN_VARIABLE])
    except (KeyError, ValueError):
        return None


def stage_timeout(stage: str, time_limit: str) -> float:
    """Return after how many seconds the work of a stage that has a fallback is ended; 0 for never.

    Args:
        stage: A key of ``ENDS``.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for none.
    """
    if not time_limit:
        return 0.0
    return max(
        _LEAST_SECONDS, stage_deadline(stage, time_limit).remaining() + _GRACE * parse_duration(time_limit)
    )
