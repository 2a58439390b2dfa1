"""The stage that combines the candidates."""

import math
from pathlib import Path
from typing import Any

from podium_ml.contracts import Ensemble, Problem
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.contracts.targets import Targets
from podium_ml.ensembling import (
    ENSEMBLES,
    Costs,
    Layer,
    Pool,
    build_layered,
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
# Weights may take this share of what is left, if a stack is still to be fitted, and the stack this share of the rest.
_WEIGHING_SHARE, _STACKING_SHARE = 0.7, 0.5
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
    """Build a weighted, a median, a stacked and a layered ensemble of at least two models.

    There are none if rows do not suffice for cross-fitting.

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
    built = _build(pool, task, budget, deadline)
    for layer, meta in built:
        save(ensemble, layer.ensemble, layer.oof, meta=meta)
    return {layer.ensemble.name: layer.ensemble.score for layer, _ in built}


def _build(pool: Pool, problem: Problem, budget: Costs, deadline: Deadline) -> list[tuple[Layer, Any]]:
    """Return the ensembles with finite scores, each with its meta-model or what else it consists of."""
    stacks = len(stackable(pool)) > 1
    until = deadline.share(_WEIGHING_SHARE) if stacks else deadline
    weighted, oof, by_group = build_weighted(pool, budget=budget, deadline=until)
    if not math.isfinite(weighted.score):
        return []
    found: list[tuple[Layer, Any]] = []
    if len(weighted.members) > 1:  # One member alone is on the leaderboard already.
        found.append((Layer(weighted, oof), by_group))
    if stacks and not deadline.passed():
        stack = build_stacked(pool, problem=problem, budget=budget, deadline=deadline.share(_STACKING_SHARE))
        found += _finite(stack)
    first = [layer for layer, _ in found]
    found += _finite(build_layered(pool, first, problem=problem, budget=budget, deadline=deadline))
    if (middle := build_median(pool, budget=budget)) is not None:
        found += _finite((*middle, None))
    return found


def _finite(built: tuple[Ensemble, OutOfFold, Any] | None) -> list[tuple[Layer, Any]]:
    """Return an ensemble if there is one, and if it has a score."""
    if built is None or not math.isfinite(built[0].score):
        return []
    return [(Layer(built[0], built[1]), built[2])]


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
