"""How a branch is run so that whatever happens to it is recorded and the run goes on."""

import os
import shutil
import time
from typing import Any

from podium_components.supervision import StageFailedError, supervise
from podium_components.supervision._memory import MEMORY_VARIABLE, limit_bytes
from podium_ml.run.budget import stage_deadline
from podium_ml.run.events import emit
from podium_ml.values.quantities import parse_size

_TRAIN = "podium_ml.stages.train_candidate:run"

# Seconds that a branch may take beyond the end of the training window before it is killed, as a share of the limit.
_GRACE = 0.03
# What a branch gets however late it is: the baseline needs no more, and others say that they had no time.
_LEAST_SECONDS = 5.0


def train_branch(*, features: str, problem: str, branch: dict[str, Any], candidate: str) -> dict[str, Any]:
    """Train one candidate in a supervised child and return its summary.

    Args:
        features: Folder of the feature table.
        problem: File of the problem.
        branch: Fields of a ``BranchSpec``.
        candidate: Folder to write the candidate to.

    Returns:
        ``algorithm``, ``status``, ``reason``, ``score``, ``n_trials`` and ``seconds``.
    """
    emit("stage_started", stage="train_candidate", algorithm=branch["algorithm"])
    arguments = {"features": features, "problem": problem, "branch": branch, "candidate": candidate}
    try:
        facts = _attempt(arguments, branch)
    except StageFailedError as failure:
        facts = _record(failure, branch["algorithm"], candidate)
    emit("stage_finished", stage="train_candidate", algorithm=branch["algorithm"])
    return facts


def _attempt(arguments: dict[str, Any], branch: dict[str, Any]) -> dict[str, Any]:
    """Train with the memory that the pod asked for, and once more with all that it may take if that was too little."""
    first = _asked_memory(branch)
    try:
        return supervise(_TRAIN, arguments, timeout=_timeout(branch), memory=first)
    except StageFailedError as failure:
        if failure.kind != "memory" or not first:
            raise
        print(f"{failure} Trying again with all the memory that this pod may take.", flush=True)
        shutil.rmtree(arguments["candidate"], ignore_errors=True)
        return supervise(_TRAIN, arguments, timeout=_timeout(branch))


def _asked_memory(branch: dict[str, Any]) -> int:
    """Return the bytes that a pod asked for, if it may take more; 0 on a machine that its branches share."""
    asked = parse_size(branch["memory"])
    return asked if limit_bytes() > asked and MEMORY_VARIABLE not in os.environ else 0


def _timeout(branch: dict[str, Any]) -> float:
    limit = float(branch.get("time_limit") or 0.0)
    if not limit:
        return 0.0
    left = stage_deadline("train_candidate", limit).at - time.time()
    return max(_LEAST_SECONDS, left + _GRACE * limit)


def _record(failure: StageFailedError, algorithm: str, candidate: str) -> dict[str, Any]:
    arguments = {"path": candidate, "algorithm": algorithm, "reason": str(failure)}
    return supervise("podium_ml.stages.train_candidate:record_failure", arguments)
