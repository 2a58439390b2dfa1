"""Runs a branch so that the run goes on whatever happens to the branch, and records the outcome."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

from podium_components.attempts import MOST_DEATHS, earlier_deaths
from podium_components.supervision import StageFailedError, supervise
from podium_components.supervision.memory import limit_bytes
from podium_ml.contracts import BranchSpec, Candidate
from podium_ml.run.budget import stage_deadline
from podium_ml.run.concurrency import MEMORY_VARIABLE
from podium_ml.run.events import emit
from podium_ml.training.failure_notes import mark_failure
from podium_ml.values.quantities import parse_cpu, parse_size

# Settings of a branch's pod.
_POD = ("cpu", "memory", "memory_limit", "image", "accelerator", "accelerator_count")
# No branch needs more to begin, so that each finds room on nodes of two CPUs, which never have two that are free.
_MOST_REQUESTED = "1"
_TRAIN = "podium_ml.stages.train_candidate:run"

# Seconds that a branch may take beyond the end of the training window before it is killed, as a share of the limit.
_GRACE = 0.03
# Every branch gets this, however late it starts, to report that it had no time. The baseline gets more, because a run
# without any model fails.
_LEAST_SECONDS, _BASELINE_SECONDS = 5.0, 30.0
# With a limit of fewer seconds and few rows, a first model may be late; see ``podium_ml/training/limits.py``.
_KEPT_LIMIT, _FEW_ROWS, _FIRST_SECONDS = 60.0, 2_000, 15.0
_BASELINE = "baseline"
_DIED = (
    f"Its pod died {MOST_DEATHS} times before it had a result: the container was killed or ran out of memory, or the "
    "pod was evicted or deleted. `podium logs` shows more."
)


def loop_items(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items that the pipeline loops over.

    Each item holds the branch, its name and the settings of its pod. The fields of the Kubernetes node affinity
    are at the top level of the item, because KFP cannot resolve a nested field there.

    Args:
        plan: The fields of one ``BranchSpec`` per branch.
    """
    # KFP cannot pass nulls. A missing field takes its default.
    plan = [{name: value for name, value in one.items() if value is not None} for one in plan]
    return [
        {
            "branch": one,
            "algorithm": branch_name(one),
            "cpu_request": min(one["cpu"], _MOST_REQUESTED, key=parse_cpu),
            **{name: one[name] for name in _POD},
            **_affinity(one),
        }
        for one in plan
    ]


def branch_name(branch: dict[str, Any]) -> str:
    """Return the name of a branch, given by the fields of a ``BranchSpec``."""
    return BranchSpec.from_dict(branch).name


def _affinity(branch: dict[str, Any]) -> dict[str, Any]:
    """Return the node affinity that corresponds to the branch's node selector; empty for any node."""
    terms = [
        {"key": name, "operator": "In", "values": [value]} for name, value in branch["node_selector"].items()
    ]
    if not terms:
        return {}
    return {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": terms}]}
    }


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
    name = branch_name(branch)
    emit("stage_started", stage="train_candidate", algorithm=name)
    arguments = {"features": features, "problem": problem, "branch": branch, "candidate": candidate}
    if earlier_deaths() >= MOST_DEATHS:
        facts, died = give_up(name, candidate), True
    else:
        facts, died = _train(arguments, branch)
    if died or facts["status"] == "failed":
        mark_failure(candidate, facts["reason"])
    emit("stage_finished", stage="train_candidate", algorithm=name)
    return facts


def _train(arguments: dict[str, Any], branch: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Train in a child, and return its summary and whether it died. If so, the trials that it has finished are kept."""
    try:
        return _attempt(arguments, branch), False
    except StageFailedError as failure:
        return _record(failure, branch_name(branch), arguments["candidate"]), True


def _attempt(arguments: dict[str, Any], branch: dict[str, Any]) -> dict[str, Any]:
    """Train with the memory that the pod requested. If that is too little, try once more with all that it may use.

    If an earlier pod of this branch died, memory may have been the reason, so this one keeps to what was requested.
    """
    first = _asked_memory(branch)
    try:
        return supervise(_TRAIN, arguments, timeout=_timeout(branch), memory=first)
    except StageFailedError as failure:
        if failure.kind != "memory" or not first or earlier_deaths():
            raise
        print(f"{failure} Trying again with all the memory that this pod may use.", flush=True)
        shutil.rmtree(arguments["candidate"], ignore_errors=True)
        return supervise(_TRAIN, arguments, timeout=_timeout(branch))


def _asked_memory(branch: dict[str, Any]) -> int:
    """Return the bytes that the pod requested if it may use more; 0 on a machine that the branches share."""
    asked = parse_size(branch["memory"])
    return asked if limit_bytes() > asked and MEMORY_VARIABLE not in os.environ else 0


def _timeout(branch: dict[str, Any]) -> float:
    limit = float(branch.get("time_limit") or 0.0)
    if not limit:
        return 0.0
    rows = branch.get("rows", 0)
    left = stage_deadline("train_candidate", limit, rows=rows).at - time.time()
    least = _FIRST_SECONDS if limit < _KEPT_LIMIT and 0 < rows <= _FEW_ROWS else _LEAST_SECONDS
    least = _BASELINE_SECONDS if branch["algorithm"] == _BASELINE else least
    return max(least, left + _GRACE * limit)


def _record(failure: StageFailedError, algorithm: str, candidate: str) -> dict[str, Any]:
    arguments = {"path": candidate, "algorithm": algorithm, "reason": str(failure)}
    try:
        return supervise("podium_ml.stages.train_candidate:record_failure", arguments)
    except StageFailedError:
        return give_up(algorithm, candidate, str(failure))


def give_up(algorithm: str, candidate: str, reason: str = _DIED) -> dict[str, Any]:
    """Record that a branch has no result, without a child and heavy imports, so that little can go wrong.

    Args:
        algorithm: The name of the branch.
        candidate: Folder to write the candidate to.
        reason: Why there is no result, in words for the user.

    Returns:
        The summary of the failed candidate.
    """
    shutil.rmtree(candidate, ignore_errors=True)
    failed = Candidate(algorithm, "failed", reason)
    failed.save(Path(candidate) / "candidate.json")
    facts = failed.facts()
    emit("branch_finished", **facts)
    return facts
