"""Decides when a search ends, and when a trial must end."""

import math
import time
from collections.abc import Sequence

from podium_ml.algorithms import AlgorithmSpec, FitSize
from podium_ml.contracts import BranchSpec, Trial
from podium_ml.run.budget import Deadline, stage_deadline
from podium_ml.training.choice import BASELINE
from podium_ml.training.share import may_be_first, others_wait

# A search ends after this many trials without improvement: if there is a time limit, if nobody waits for its end, and
# without any limit. Only small tables reach the second one, and on them thousands of trials find what is best by luck.
_PATIENCE, _PATIENCE_ALONE, _PATIENCE_UNLIMITED = 30, 100, 10
# A search ends if this many trials have failed and none has succeeded.
_HOPELESS = 8
# A trial starts only if this multiple of its expected time is left.
_SPARE = 1.15
# A trial may exceed its time limit by this factor and this many seconds, because it may be in the middle of a fold.
_TOLERANCE, _TOLERANCE_SECONDS = 1.1, 0.2
# A trial that hangs may exceed the deadline of its branch by these seconds and this share of the run's limit.
_LATE_SECONDS, _LATE_SHARE = 1.0, 0.02
# Seconds for the first model of a branch if no time is left at all. The baseline gets more, because a run without any
# model fails, and so does what may be the first model beside it; they need them only on a machine that is very busy.
_LAST_SECONDS, _FIRST_SECONDS, _BASELINE_SECONDS = 1.0, 10.0, 20.0
# What the first trial of a branch may be late if its share is even shorter: on a busy machine, all takes that long.
_SHORT_SECONDS = 3.0
# A small table: too little time to fit it is too little for any.
_USUAL_SIZE = FitSize(1_000, 20, 2)


class SearchLimits:
    """The limits of one branch. Without a time limit or trial timeout, nothing here depends on the clock.

    Args:
        branch: The branch, which holds the limits.
        spec: The algorithm.
        deadline: When the branch should have ended.
    """

    def __init__(self, branch: BranchSpec, spec: AlgorithmSpec, *, deadline: Deadline) -> None:
        self._branch, self._spec, self._deadline = branch, spec, deadline
        self._share = deadline.remaining()
        self._window = stage_deadline("train_candidate", branch.time_limit, rows=branch.rows)

    def hopeless(self) -> bool:
        """Whether too little time is left to start at all."""
        cost = self._spec.cost
        return self._share < cost.start + cost.fit_seconds(_USUAL_SIZE, {})

    def available(self) -> float:
        """Return the seconds that a trial that starts now may be expected to take; infinite without a time limit."""
        return self._deadline.remaining() / _SPARE

    def end_of_trial(self) -> Deadline:
        """Return when the fits of a trial that starts now should stop training."""
        return self._deadline.earlier(Deadline.after(self._branch.trial_timeout))

    def interruption(self, *, first: bool) -> Deadline:
        """Return when to interrupt a trial that starts now, if its fits do not stop in time.

        The first trial gets up to twice the branch's share, and some seconds more at least, because a late model is
        better than none, but never more than the rest of the stage.

        Args:
            first: Whether the branch has no model yet.
        """
        hard = Deadline()
        if timeout := self._branch.trial_timeout:
            hard = Deadline.after(_tolerated(timeout))
        if math.isinf(self._share):
            return hard
        if not first:
            late = min(0.1 * self._share, _LATE_SECONDS + _LATE_SHARE * self._branch.time_limit)
            return hard.earlier(Deadline(self._deadline.at + late))
        twice = Deadline(self._deadline.at + max(self._share, _SHORT_SECONDS)).earlier(self._window)
        last = _FIRST_SECONDS if may_be_first(self._branch) else _LAST_SECONDS
        last = _BASELINE_SECONDS if self._branch.algorithm == BASELINE else last
        return hard.earlier(Deadline(max(twice.at, time.time() + last)))

    def reached(self, trials: Sequence[Trial], *, since_gain: int, at_target: bool) -> bool:
        """Whether the search is over.

        Args:
            trials: The ledger.
            since_gain: Number of trials since the best one.
            at_target: Whether the best one reaches the user's target score.
        """
        branch, count = self._branch, len(trials)
        if at_target or any(most and count >= most for most in (branch.max_trials, self._spec.trials)):
            return True
        if count >= _HOPELESS and all(trial.outcome in ("failed", "timeout") for trial in trials):
            return True
        if not self._spec.by_group and since_gain >= self._patience(count):
            return True
        return self._deadline.passed()

    def _patience(self, count: int) -> float:
        if self._branch.patience:
            return self._branch.patience
        if self._branch.max_trials or count < len(self._spec.portfolio):
            return math.inf
        if not self._branch.time_limit:
            return _PATIENCE_UNLIMITED
        return _PATIENCE if others_wait(self._branch) else _PATIENCE_ALONE


def _tolerated(seconds: float) -> float:
    return _TOLERANCE * seconds + _TOLERANCE_SECONDS
