"""The stage that trains one candidate."""

import time
import traceback
from dataclasses import replace
from functools import partial
from typing import Any

from podium_ml.algorithms import AlgorithmSpec, moved_inside, narrowed
from podium_ml.contracts import BranchSpec, Candidate, Problem, Trial
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.errors import PodiumError, TrainingError
from podium_ml.kinds import KINDS
from podium_ml.run.events import emit
from podium_ml.run.only_shown import only_shown
from podium_ml.training.candidate_folder import CandidateFolder, mark_failed
from podium_ml.training.choice import BASELINE
from podium_ml.training.limits import SearchLimits
from podium_ml.training.search import Search
from podium_ml.training.shards import table_of_shard
from podium_ml.training.share import branch_deadline
from podium_ml.training.wide_tables import suited
from podium_ml.weights import giving
from podium_ml.weights.given import FOLDER


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
    asked = BranchSpec.from_dict(branch)
    try:
        with giving(f"{features}/{FOLDER}"):
            return _report(_train(asked, features=features, problem=problem, candidate=candidate))
    except Exception as error:  # The run goes on with the other branches.
        traceback.print_exc()
        return record_failure(path=candidate, algorithm=asked.name, reason=_describe(error))


def record_failure(*, path: str, algorithm: str, reason: str) -> dict[str, Any]:
    """Record that the process of a branch died; see ``mark_failed``."""
    return _report(mark_failed(path, algorithm, reason))


def _train(asked: BranchSpec, *, features: str, problem: str, candidate: str) -> Candidate:
    began, deadline = time.time(), branch_deadline(asked)
    folder = CandidateFolder.create(candidate, asked.name)
    task = Problem.load(problem)
    spec = narrowed(suited(KINDS[task.kind].algorithms[asked.algorithm], task), asked.search_space)
    limited = {name: spec.search_space[name] for name in asked.search_space}
    known = tuple(moved_inside(spec, limited, one) for one in asked.configurations)
    asked = replace(asked, configurations=known)
    if asked.algorithm != BASELINE and SearchLimits(asked, spec, deadline=deadline).hopeless():
        raise TrainingError("The time limit left no time for it.")
    table = table_of_shard(FeatureTable.load(features), asked)
    search = Search(
        spec,
        table,
        problem=task,
        branch=asked,
        folder=folder,
        deadline=deadline,
    )
    trials = search.run()
    done = replace(
        folder.candidate,
        n_trials=len(trials),
        seconds=time.time() - began,
        peak_memory_bytes=_peak_memory(),
        reason=search.note if search.best is not None else _first_reason(trials),
    )
    folder.write(done)
    only_shown(lambda: _show_augmented(folder, spec, task, table), otherwise=lambda: None)
    return done


def _show_augmented(
    folder: CandidateFolder, spec: AlgorithmSpec, problem: Problem, table: FeatureTable
) -> None:
    """Draw for the report what training makes of pictures; later stages may lack the libraries for it."""
    kept = folder.candidate.kept
    if spec.augment is not None and kept and problem.examples:
        augment = partial(spec.augment, **kept[0].parameters)
        folder.show(KINDS[problem.kind].augmented(problem, table, augment, spec.title))


def _describe(error: Exception) -> str:
    """Describe an error in words for the user. Unexpected errors keep the name of their type."""
    if isinstance(error, PodiumError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _report(candidate: Candidate) -> dict[str, Any]:
    facts = candidate.facts()
    emit("branch_finished", **facts)
    return facts


def _first_reason(trials: list[Trial]) -> str:
    reasons = [trial.reason for trial in trials if trial.reason]
    return reasons[0] if reasons else "No trial was completed."


def _peak_memory() -> int:
    """Return the peak resident memory of this process in bytes."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
