"""Computes the share of the training time that a branch may take."""

import math
import os
import time
from collections.abc import Mapping
from typing import Any

from podium_ml.contracts import BranchSpec
from podium_ml.run.budget import STARTED_VARIABLE, Deadline, stage_deadline
from podium_ml.run.events import recorded
from podium_ml.training.choice import BASELINE

# A branch leaves this share of its time, and at most these seconds, for the work after its last trial.
_MARGIN, _MARGIN_SECONDS = 0.03, 2.0
# The part of the later branches' claims that earlier branches cannot take.
_RESERVE = 0.1
# As long as there is no model but the baseline, branches of few rows have these seconds for their first trial at least.
_FIRST_MODEL, _FEW_ROWS = 5.0, 2_000
# Limits from here on are kept.
_KEPT_LIMIT = 60.0


def branch_deadline(branch: BranchSpec) -> Deadline:
    """Return when a branch that starts now should end.

    On the local engine, the remaining time is shared among the branches that have not started, in proportion to their
    weights, so the time that earlier branches leave over is used. On a cluster, the number of branches that run at the
    same time is unknown. There each branch gets the seconds that the plan gave it, but none beyond the end of the
    training time.

    Args:
        branch: The branch.
    """
    if not branch.time_limit:
        return Deadline()
    window = stage_deadline("train_candidate", branch.time_limit, rows=branch.rows)
    if STARTED_VARIABLE not in os.environ:
        return Deadline(time.time() + branch.seconds).earlier(window)
    own = window.remaining() * share_of_rest(branch)
    seconds = own - min(_MARGIN * own, _MARGIN_SECONDS)
    return Deadline(time.time() + (max(seconds, _FIRST_MODEL) if may_be_first(branch) else seconds))


def may_be_first(branch: BranchSpec) -> bool:
    """Whether a branch on the local engine has few rows, and there is no model yet but the baseline.

    On a busy machine, the stages before training and the start of branches may take all of a short time limit. A model
    that is some seconds late is better than none.
    """
    if not 0 < branch.time_limit < _KEPT_LIMIT or branch.rows > _FEW_ROWS:
        return False
    started = float(os.environ.get(STARTED_VARIABLE, "inf"))
    planned = any(event["at"] >= started for event in recorded("branch_planned"))
    return planned and not any(
        event["at"] >= started and _is_model(event) for event in recorded("trial_finished")
    )


def _is_model(event: Mapping[str, Any]) -> bool:
    return event.get("algorithm") != BASELINE and event.get("outcome") == "complete"


def others_wait(branch: BranchSpec) -> bool:
    """Whether a branch should leave its time to others: on a cluster always, as each pod costs the user money.

    On the local engine, nobody needs the slots of the branches that start last.
    """
    return STARTED_VARIABLE not in os.environ or branch.index < len(branch.weights) - branch.slots


def share_of_rest(branch: BranchSpec) -> float:
    """Return the share of the remaining wall-clock time that a branch gets when it starts, at most 1.

    Nobody waits for the slots of the branches that start last, so they get all of it. While an earlier branch runs,
    those that started just before it still occupy the other slots, for about half of their own share. Even a branch
    that could claim all the remaining time leaves some to the later ones, or a heavy branch at the front would starve
    them.

    >>> share_of_rest(BranchSpec("last", index=1, weights=(1.0, 1.0), slots=2))
    1.0
    """
    if branch.index >= len(branch.weights) - branch.slots:
        return 1.0
    own, later = branch.weights[branch.index], math.fsum(branch.weights[branch.index + 1 :])
    running = branch.weights[max(0, branch.index - branch.slots + 1) : branch.index]
    claims = own + later + math.fsum(running) / 2
    return min(1.0 - _RESERVE * branch.slots * later / claims, branch.slots * own / claims)
