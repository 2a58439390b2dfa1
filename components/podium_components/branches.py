"""How a branch is run so that whatever happens to it is recorded and the run goes on."""

import time
from typing import Any

from podium_components.supervision import StageFailedError, supervise
from podium_ml.budget import stage_deadline
from podium_ml.events import emit

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
        facts = supervise("podium_ml.stages.train_candidate:run", arguments, timeout=_timeout(branch))
    except StageFailedError as failure:
        facts = _record(failure, branch["algorithm"], candidate)
    emit("stage_finished", stage="train_candidate", algorithm=branch["algorithm"])
    return facts


def _timeout(branch: dict[str, Any]) -> float:
    limit = float(branch.get("time_limit") or 0.0)
    if not limit:
        return 0.0
    left = stage_deadline("train_candidate", limit).at - time.time()
    return max(_LEAST_SECONDS, left + _GRACE * limit)


def _record(failure: StageFailedError, algorithm: str, candidate: str) -> dict[str, Any]:
    arguments = {"path": candidate, "algorithm": algorithm, "reason": str(failure)}
    return supervise("podium_ml.stages.train_candidate:record_failure", arguments)
