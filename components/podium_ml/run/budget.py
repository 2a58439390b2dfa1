"""Divides the time limit of a run among its stages.

Only training can use any amount of time. Each other stage has the seconds that it needs for a small table, and a share
of the limit for larger ones; of a long limit, only a fraction of the share. Search and refit get all the rest: about
80 % of 60 s, 92 % of 300 s and 97 % of 1,800 s for a small table.

On the local engine, every task knows when the run started (``PODIUM_STARTED``), so a stage can use the time that
earlier stages left over. On a cluster, a pod gets only the share of its own stage, because much of the elapsed time was
spent on starting pods. The stages that train are an exception: they know when the run began and when their pod was
made (``PODIUM_RUN_BEGAN``), measure from this how long a pod takes to start, and leave that time to each pod that must
follow. In either case the deadline is never a parameter of a task, because that would defeat caching.
"""

import math
import os
import time
from dataclasses import dataclass

from podium_ml.run.events import recorded
from podium_ml.run.stages import STAGES, TASKS, Stage
from podium_ml.run.stages import stage as find_stage
from podium_ml.values.quantities import parse_duration

STARTED_VARIABLE = "PODIUM_STARTED"
# Stages that keep their own time if the training ended late, because the model is the better for it.
_IMPROVING = ("build_ensemble", "refit_model")
# With a limit of fewer seconds, the search of a local run gets at least this share of its time, however
# late it begins: a late model is better than the baseline alone. Longer limits are kept.
_KEPT_LIMIT, _LEAST_SHARE = 60.0, 0.4
BEGAN_VARIABLE = "PODIUM_RUN_BEGAN"
# A limit counts in full up to this many seconds, and twice as many for each of these rows; the rest counts in part.
_LONG_SECONDS, _LONG_ROWS, _LONG_PART = 150.0, 200_000, 0.1
# With a limit below this many seconds, the stages have less than they need.
_SHORT_SECONDS = 15.0
# A start of this many seconds is not slow, and the most by which a slow start prolongs the stages after training.
_USUAL_START, _SLOWEST = 3.0, 1.5
# A stage that trains on a cluster and starts late gets the smaller of these seconds and this share of its time, but
# only until this share of the limit after the end of training, and a few seconds however late it is.
_LATE_SECONDS, _LATE_SHARE, _LATE_LIMIT_SHARE, _LATEST_SECONDS = 60.0, 0.25, 0.05, 10.0
# Pods that a task starts on a cluster: a driver and its own. The pipelines and loops around the branches start seven
# drivers before them, less the two pods of the task that starts beside another. The exit handler is one more task.
_PODS_PER_TASK, _OTHER_DRIVERS = 2, 5
# On a cluster, this task starts together with the one before it.
_BESIDE = "finish_model"
# The pods after training start this much more slowly, because they fetch what all branches wrote. Measured with 14
# branches on Kubeflow Pipelines 2.17.
_SLOWER_LATER = 1.2
# Argo looks at a run every so many seconds by default. A pod that starts sooner does not start the next one sooner.
_ARGO_SECONDS = 10.0
# When this process began to work, in seconds since the epoch.
_LOADED = time.time()
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


def span(stage: str, time_limit: float, *, rows: int = 0, pace: float = 1.0) -> tuple[float, float]:
    """Return when a stage begins and ends if all earlier stages use up their time, in seconds after the start.

    Args:
        stage: Name of the stage; see ``podium_ml.run.stages``.
        time_limit: Wall-clock limit of the whole run in seconds.
        rows: Number of training rows if known; stages of large tables need more time.
        pace: Factor by which the stages after training take longer than planned.

    >>> span("train_candidate", 60.0)
    (2.95, 47.986)
    """
    needs = [_needs(one, time_limit, rows) * (1.0 if _precedes_training(one) else pace) for one in STAGES]
    left = time_limit - math.fsum(needs)
    needs = [need + one.training * left for need, one in zip(needs, STAGES, strict=True)]
    position = STAGES.index(find_stage(stage))
    begins = math.fsum(needs[:position])
    return round(begins, 3), round(begins + needs[position], 3)


def training_seconds(time_limit: float, *, rows: int = 0) -> float:
    """Return the seconds for the search of a run with this time limit; 0 without a limit."""
    return stage_seconds("train_candidate", time_limit, rows=rows) if time_limit else 0.0


def training_seconds_left(time_limit: float, *, rows: int = 0) -> float:
    """Return the seconds for a search that begins now: very few if the stages before have taken all of the time.

    Between these, the result does not depend on the clock, because what is planned with it are parameters of tasks.
    """
    whole = training_seconds(time_limit, rows=rows)
    if not time_limit or STARTED_VARIABLE not in os.environ:
        return whole
    least = _least_training(whole, time_limit)
    return whole if stage_deadline("train_candidate", time_limit, rows=rows).remaining() >= least else least


def _least_training(whole: float, time_limit: float) -> float:
    return _LEAST_SHARE * whole if time_limit < _KEPT_LIMIT else 0.0


def stage_seconds(stage: str, time_limit: float | str | None, *, rows: int = 0) -> float:
    """Return the seconds of a stage in a run with this time limit; infinite without a limit."""
    if not time_limit:
        return math.inf
    begins, ends = span(stage, as_seconds(time_limit), rows=rows)
    return ends - begins


def as_seconds(time_limit: float | str) -> float:
    """Return a time limit in seconds, which may be given as users write it."""
    return parse_duration(time_limit) if isinstance(time_limit, str) else time_limit


def _needs(stage: Stage, time_limit: float, rows: int) -> float:
    """Return the seconds of a stage that does not train."""
    long = _LONG_SECONDS * (1.0 + rows / _LONG_ROWS)
    counted = min(time_limit, long) + _LONG_PART * max(0.0, time_limit - long)
    return stage.least * min(1.0, time_limit / _SHORT_SECONDS) + stage.share * counted


def stage_deadline(stage: str, time_limit: float | str | None, *, rows: int = 0) -> Deadline:
    """Return when ``stage`` must have ended in a run with this time limit.

    Args:
        stage: Name of the stage; see ``podium_ml.run.stages``.
        time_limit: Wall-clock limit of the whole run, in seconds or as users write it (``"10m"``); ``None``, 0 or
            an empty text for no limit.
        rows: Number of training rows if known.
    """
    if not time_limit:
        return Deadline()
    time_limit = as_seconds(time_limit)
    if started := os.environ.get(STARTED_VARIABLE):
        return _local_deadline(stage, time_limit, rows=rows, started=float(started))
    begins, ends = span(stage, time_limit, rows=rows)
    own, began = ends - begins, _began()
    if began is None or not find_stage(stage).training:
        return Deadline.after(own)
    left = began + ends - _seconds_of_later_pods(stage) - time.time()
    late = max(_LATEST_SECONDS, left + _LATE_LIMIT_SHARE * time_limit)
    return Deadline.after(max(min(own, left), min(_LATE_SECONDS, _LATE_SHARE * own, late)))


def _local_deadline(stage: str, time_limit: float, *, rows: int, started: float) -> Deadline:
    """Return the deadline of a stage on the local engine.

    A late stage before the training keeps its own time. So do late ensembles and a late refit, because a better model
    is worth more than the explanation that follows, but never beyond the time limit. A late search gets a part of its
    time.
    """
    planned_at = _planned_at(started)
    pace = _pace(planned_at - started, planned=span("train_candidate", time_limit, rows=rows)[0])
    begins, ends = span(stage, time_limit, rows=rows, pace=pace)
    late = time.time() + ends - begins
    if stage in _IMPROVING:
        late = min(late, started + time_limit)
    elif find_stage(stage).training:
        late = planned_at + _least_training(ends - begins, time_limit)
    elif not _precedes_training(find_stage(stage)):
        late = 0.0
    return Deadline(max(started + ends, late))


def _planned_at(started: float) -> float:
    """Return when the branches of this run were planned; when it started if they are not planned yet."""
    return next((event["at"] for event in recorded("branch_planned") if event["at"] >= started), started)


def _pace(took: float, *, planned: float) -> float:
    """Return how much longer the stages before training took than planned, from 1 to 1.5; 1 before the training.

    What slows them down, other work on the machine or an unusual table, slows down the stages after training, too.
    """
    return min(_SLOWEST, max(1.0, took / max(planned, _USUAL_START)))


def _precedes_training(stage: Stage) -> bool:
    return STAGES.index(stage) < STAGES.index(find_stage("train_candidate"))


def _began() -> float | None:
    """Return when the run began on the cluster, in seconds since the epoch, or ``None`` if unknown."""
    times = _pod_times()
    return times[0] if times else None


def _seconds_of_later_pods(stage: str) -> float:
    """Return how long the pods take to start that follow one another after this stage, as measured so far."""
    times = _pod_times()
    if len(times) < 2:
        return 0.0
    began, elapsed = times[:2]
    task = TASKS.index(find_stage(stage).task)
    before = _PODS_PER_TASK * task + _OTHER_DRIVERS
    after = _PODS_PER_TASK * (1 + sum(later != _BESIDE for later in TASKS[task + 1 :]))
    # A pod that waited for a node says nothing about the others, and neither does a run whose pods did much work.
    start = min(elapsed / before, max(_ARGO_SECONDS, _LOADED - began - elapsed))
    return after * start * (_SLOWER_LATER if stage == "train_candidate" else 1.0)


def _pod_times() -> list[float]:
    """Return when the run began on the cluster, and how many seconds later this pod was made; empty if unknown."""
    try:
        return [float(word) for word in os.environ.get(BEGAN_VARIABLE, "").split()]
    except ValueError:
        return []


def stage_timeout(stage: str, time_limit: str, *, rows: int = 0) -> float:
    """Return the seconds after which a stage with a fallback is killed; 0 for never.

    Args:
        stage: Name of the stage; see ``podium_ml.run.stages``.
        time_limit: Wall-clock limit of the whole run, like 10m; empty for no limit.
        rows: Number of training rows if known.
    """
    if not time_limit:
        return 0.0
    left = stage_deadline(stage, time_limit, rows=rows).remaining()
    return max(_LEAST_SECONDS, left + _GRACE * parse_duration(time_limit))
