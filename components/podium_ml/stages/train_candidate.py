"""The stage that trains one candidate."""

import time
from dataclasses import replace
from typing import Any

from podium_ml.algorithms import ALGORITHMS
from podium_ml.contracts import BranchSpec, Candidate, Problem, Trial
from podium_ml.events import emit
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.training.candidate_folder import CandidateFolder, mark_failed
from podium_ml.training.search import Search
from podium_ml.training.share import branch_deadline


def run(*, features: str, problem: str, branch: dict[str, Any], candidate: str) -> dict[str, Any]:
    """Search one algorithm and keep its best models.

    Args:
        features: Folder of the feature table.
        problem: File of the problem.
        branch: Fields of a ``BranchSpec``.
        candidate: Folder to write.

    Returns:
        ``algorithm``, ``status``, ``reason``, ``score``, ``n_trials`` and ``seconds``.
    """
    began, asked = time.time(), BranchSpec.from_dict(branch)
    deadline = branch_deadline(asked)
    folder = CandidateFolder.create(candidate, asked.algorithm)
    search = Search(
        ALGORITHMS[asked.algorithm],
        FeatureTable.load(features),
        problem=Problem.load(problem),
        branch=asked,
        folder=folder,
        deadline=deadline,
    )
    trials = search.run()
    done = replace(
        folder.candidate, n_trials=len(trials), seconds=time.time() - began, peak_memory_bytes=_peak_memory()
    )
    if not done.kept:
        done = replace(done, reason=_first_reason(trials))
    folder.write(done)
    return _report(done)


def record_failure(*, path: str, algorithm: str, reason: str) -> dict[str, Any]:
    """Record that the process of a branch died; see ``mark_failed``."""
    return _report(mark_failed(path, algorithm, reason))


def _report(candidate: Candidate) -> dict[str, Any]:
    facts = {
        "algorithm": candidate.algorithm,
        "status": candidate.status,
        "reason": candidate.reason,
        "score": candidate.kept[0].score if candidate.kept else None,
        "n_trials": candidate.n_trials,
        "seconds": round(candidate.seconds, 3),
    }
    emit("branch_finished", **facts)
    return facts


def _first_reason(trials: list[Trial]) -> str:
    reasons = [trial.reason for trial in trials if trial.reason]
    return reasons[0] if reasons else "No trial was completed."


def _peak_memory() -> int:
    """Return the highest resident memory of this process in bytes."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
