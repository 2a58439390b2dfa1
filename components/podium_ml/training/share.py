"""How much of the training time one branch may take."""

import math
import os
import time

from podium_ml.contracts import BranchSpec
from podium_ml.run.budget import STARTED_VARIABLE, Deadline, stage_deadline

# A branch aims to end this early, for what comes after its last trial.
_MARGIN = 0.97
# The part of the later branches' claims that no earlier one can take.
_RESERVE = 0.1


def branch_deadline(branch: BranchSpec) -> Deadline:
    """Return when a branch that starts now should end.

    On the local engine the time that earlier branches left over is shared among those that are still to come: this
    branch's claim over the claims of all that have not started, of the time that the slots have left. On a cluster,
    where it is not known how many run at once, each has the seconds that the plan gave it, but not beyond the end
    of the training time.

    Args:
        branch: The branch.
    """
    if not branch.time_limit:
        return Deadline()
    window = stage_deadline("train_candidate", branch.time_limit)
    if STARTED_VARIABLE not in os.environ:
        return Deadline(time.time() + branch.seconds).earlier(window)
    left = window.remaining()
    return Deadline(time.time() + _MARGIN * left * share_of_rest(branch))


def share_of_rest(branch: BranchSpec) -> float:
    """Return the part of the wall clock left, at most 1, that is a branch's when it starts.

    The branches that started just before it still hold the other slots, for about half of their own share. A branch
    that could claim all that is left still leaves something to those after it, or a heavy one in front would starve
    them.

    >>> share_of_rest(BranchSpec("last", index=1, weights=(1.0, 1.0), slots=2))
    1.0
    """
    own, later = branch.weights[branch.index], math.fsum(branch.weights[branch.index + 1 :])
    running = branch.weights[max(0, branch.index - branch.slots + 1) : branch.index]
    claims = own + later + math.fsum(running) / 2
    if not claims:
        return 1.0
    return min(1.0 - _RESERVE * branch.slots * later / claims, branch.slots * own / claims)
