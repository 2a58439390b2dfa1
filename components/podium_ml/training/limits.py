"""When a search ends, and when a trial must."""

import math
import statistics
import time
from collections.abc import Sequence

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import BranchSpec, Trial
from podium_ml.run.budget import Deadline, stage_deadline

# Trials without gain after which a search ends by itself: with a time limit, and with no limit at all.
_PATIENCE, _PATIENCE_UNLIMITED = 30, 10
# Failures in a row, with nothing else, after which an algorithm is given up.
_HOPELESS = 8
# A trial is begun only if this much of its expected time is left.
_WORTH_STARTING = 0.9
# How much longer than told a trial may take before it is interrupted: it may be in the middle of a fold.
_TOLERANCE, _TOLERANCE_SECONDS = 1.1, 0.2
# Seconds that a branch's only model gets when there is no time left at all.
_LAST_SECONDS = 1.0


class Limits:
    """The limits of one branch. Without a time limit or trial timeout nothing here depends on the clock.

    Args:
        branch: The limits.
        spec: The algorithm.
        deadline: When the branch should have ended.
    """

    def __init__(self, branch: BranchSpec, spec: AlgorithmSpec, *, deadline: Deadline) -> None:
        self._branch, self._spec, self._deadline = branch, spec, deadline
        self._share = deadline.remaining()
        self._window = stage_deadline("train_candidate", branch.time_limit)

    def hopeless(self) -> bool:
        """Whether there is too little time left to begin at all."""
        return self._share < self._spec.minimum_seconds / 10

    def end_of_trial(self) -> Deadline:
        """When a trial that begins now should end: its fits stop training then."""
        return self._deadline.earlier(Deadline.after(self._branch.trial_timeout))

    def interruption(self, *, first: bool) -> Deadline:
        """When a trial that begins now is interrupted, if its fits do not keep the time.

        The first gets up to twice the branch's share, for a late model is better than none, but never more than the
        whole stage has.

        Args:
            first: Whether the branch has no model yet.
        """
        hard = Deadline()
        if timeout := self._branch.trial_timeout:
            hard = Deadline.after(_tolerated(timeout))
        if math.isinf(self._share):
            return hard
        if not first:
            return hard.earlier(Deadline(self._deadline.at + 0.1 * self._share))
        late = Deadline(self._deadline.at + self._share).earlier(self._window)
        return hard.earlier(Deadline(max(late.at, time.time() + _LAST_SECONDS)))

    def reached(self, trials: Sequence[Trial], *, since_gain: int, at_target: bool) -> bool:
        """Whether the search is over.

        Args:
            trials: The ledger.
            since_gain: Number of trials since the best one.
            at_target: Whether the best one is as good as the user asked.
        """
        branch, count = self._branch, len(trials)
        if at_target or (branch.max_trials and count >= branch.max_trials):
            return True
        if count >= _HOPELESS and all(trial.outcome in ("failed", "timeout") for trial in trials):
            return True
        if since_gain >= self._patience(count):
            return True
        return self._deadline.remaining() <= _WORTH_STARTING * _expected_seconds(trials)

    def _patience(self, count: int) -> float:
        if self._branch.patience:
            return self._branch.patience
        if self._branch.max_trials or count < len(self._spec.portfolio):
            return math.inf
        return _PATIENCE if self._branch.time_limit else _PATIENCE_UNLIMITED


def _tolerated(seconds: float) -> float:
    return _TOLERANCE * seconds + _TOLERANCE_SECONDS


def _expected_seconds(trials: Sequence[Trial]) -> float:
    """Seconds that the next trial will take, as the completed ones did."""
    done = [trial.seconds for trial in trials if trial.outcome == "complete"]
    return statistics.median(done) if done else 0.0
