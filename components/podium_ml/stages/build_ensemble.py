"""The stage that combines the candidates."""

import math
from pathlib import Path
from typing import Any

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import (
    ENSEMBLES,
    Costs,
    Pool,
    build_median,
    build_stacked,
    build_weighted,
    save,
    stackable,
    worthwhile_budget,
)
from podium_ml.errors import TrainingError
from podium_ml.run.budget import Deadline, stage_deadline, stage_seconds
from podium_ml.selection.limits import USUAL_LATENCY, USUAL_SIZE
from podium_ml.settings import ModelLimits
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.shards import join_shards

# A model may take so long for 10,000 rows.
_BATCH_SECONDS = 0.5
# Reading the user's columns and encoding them takes the rest of the time.
_MEMBERS_SHARE = 0.6
# Deciding on the budget may take this share of the time.
_BUDGET_SHARE = 0.4
# Weights may take this share of what is left, if a stack is still to be fitted.
_WEIGHING_SHARE = 0.7
# A refit learns from the test rows, too.
_REFIT_GROWTH = 1.3


def run(
    *,
    features: str,
    problem: str,
    candidates: list[str],
    limits: dict[str, Any],
    model: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Build a weighted, a median and a stacked ensemble of at least two models if rows suffice for cross-fitting.

    Args:
        features: Folder of the feature table, of which only the targets are read.
        problem: File of the problem.
        candidates: Folders of the candidates.
        limits: The ``ModelLimits``.
        model: Folder for the chosen model; the ensembles go into its subfolder ``ensembles``.
        time_limit: Wall-clock limit of the whole run.

    Returns:
        Out-of-fold scores by ensemble.

    Raises:
        TrainingError: Every branch failed.
    """
    task, ensemble = Problem.load(problem), Path(model) / ENSEMBLES
    deadline = stage_deadline("build_ensemble", time_limit, rows=task.n_train)
    ensemble.mkdir(parents=True, exist_ok=True)
    targets = Targets.load(features)
    candidates = join_shards(candidates, model, targets=targets, problem=task)
    pool = Pool.gather(candidates, targets, problem=task)
    if not pool.members:
        raise TrainingError(
            _all_failed(candidates), "Check the reasons, or give the run more time or memory."
        )
    if len(pool.members) == 1 or not pool.folds:
        return {}
    budget = model_budget(pool, ModelLimits.read(limits), time_limit, deadline=deadline)
    stacks = len(stackable(pool)) > 1
    until = deadline.share(_WEIGHING_SHARE) if stacks else deadline
    weighted, oof, by_group = build_weighted(pool, budget=budget, deadline=until)
    if not math.isfinite(weighted.score):
        return {}
    scores = {}
    if len(weighted.members) > 1:  # One member alone is on the leaderboard already.
        save(ensemble, weighted, oof, meta=by_group)
        scores[weighted.name] = weighted.score
    if (middle := build_median(pool, budget=budget)) is not None and math.isfinite(middle[0].score):
        save(ensemble, *middle)
        scores[middle[0].name] = middle[0].score
    if stacks and not deadline.passed():
        built = build_stacked(pool, problem=task, budget=budget, deadline=deadline)
        if built is not None and math.isfinite(built[0].score):
            stacked, oof, meta = built
            save(ensemble, stacked, oof, meta=meta)
            scores[stacked.name] = stacked.score
    return scores


def model_budget(
    pool: Pool, limits: ModelLimits, time_limit: str | float = "", *, deadline: Deadline
) -> Costs:
    """Return what the members of an ensemble may cost together, so that it is quick and small and can be refitted.

    Args:
        pool: The models that it can consist of.
        limits: The user's limits.
        time_limit: Wall-clock limit of the whole run.
        deadline: When the ensembles must be done.
    """
    usual = Costs(
        row_seconds=_MEMBERS_SHARE * USUAL_LATENCY,
        batch_seconds=_MEMBERS_SHARE * _BATCH_SECONDS,
        size_bytes=USUAL_SIZE,
        fit_seconds=stage_seconds("refit_model", time_limit, rows=pool.n_rows) / _REFIT_GROWTH,
    )
    most = Costs(
        row_seconds=_MEMBERS_SHARE * (limits.max_latency_seconds or math.inf),
        size_bytes=limits.max_memory_bytes or math.inf,
    )
    return worthwhile_budget(pool, usual, most, deadline=deadline.share(_BUDGET_SHARE))


def _all_failed(candidates: list[str]) -> str:
    failed = [CandidateFolder(path).candidate for path in candidates]
    reasons = "; ".join(f"{one.algorithm}: {one.reason.rstrip('.')}" for one in failed)
    return f"Every algorithm failed. {reasons}."
