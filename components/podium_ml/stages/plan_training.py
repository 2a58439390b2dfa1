"""The stage that plans the branches."""

import math
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from podium_ml.champions.warm_start import WarmStart
from podium_ml.contracts import Problem, Profile
from podium_ml.errors import SettingsError
from podium_ml.kinds import KINDS
from podium_ml.metrics import problem_metric
from podium_ml.run.concurrency import SLOTS_VARIABLE, cores, thread_share
from podium_ml.settings import PlanSettings
from podium_ml.stages.validate_data import PROFILE, WARM_START
from podium_ml.training.costs import machine_pace
from podium_ml.training.failure_notes import FAILURES, stage_notes, with_notes
from podium_ml.training.plan import plan_branches

# Number of branches that run at once if neither the engine nor the user sets it: all of them. A cluster usually has
# room, and branches that wait for a node are ended in time.
_SLOTS = 100
# File in the folder of validation with the pace of the machine.
_PACE = "pace.txt"
# The share of the time limit, and the most seconds, to wait until nothing else slows the machine down.
_PATIENCE, _MOST_PATIENCE = 0.03, 2.0


def run(
    *,
    problem: str,
    validation: str,
    settings: dict[str, Any],
    images: dict[str, str] | None = None,
    placement: dict[str, Any] | None = None,
    address: str = "",
) -> dict[str, Any]:
    """Plan the training.

    Args:
        problem: File of the problem.
        validation: Folder written by validation, with the profile and the best configurations of the reference model.
        settings: The kind's ``plan_settings``.
        images: Container images, by the names that the project gives them.
        placement: Accelerators and nodes for branches that run faster on an accelerator; see ``plan_branches``.
        address: The validation folder as the branches reach it, to leave notes there; empty if they cannot.

    Returns:
        ``plan`` (the fields of one ``BranchSpec`` per branch), ``notes`` (where stages with a fallback note their
        failures), ``skipped`` and ``warnings``.

    Raises:
        SettingsError: An algorithm is unknown, or a requested algorithm cannot run.
    """
    folder, learned = Path(validation), Problem.load(problem)
    checked = KINDS[learned.kind].plan_settings.read(settings)
    is_local, at_once = SLOTS_VARIABLE in os.environ, slots(checked)
    limit = checked.time_limit_seconds or 0.0
    _check_target_score(checked, learned)
    plan = plan_branches(
        learned,
        Profile.load(folder / PROFILE),
        settings=checked,
        images=images or {},
        # On a cluster, the threads and the speed of this pod say nothing about the pods of the branches.
        n_jobs=thread_share() if is_local else 0,
        pace=_pace(folder, at_once, limit) if is_local and limit else 1.0,
        slots=at_once,
        placement=placement or {},
        configurations=WarmStart(folder / WARM_START).configurations,
    )
    branches, notes = plan.branches, dict[str, str]()
    if address:
        failures, where = folder / FAILURES, f"{address}/{FAILURES}"
        branches = with_notes(branches, failures, address=where)
        notes = stage_notes(failures, address=where)
    return {
        "plan": [branch.to_dict() for branch in branches],
        "notes": notes,
        "skipped": plan.skipped,
        "warnings": plan.warnings,
    }


def _check_target_score(settings: PlanSettings, problem: Problem) -> None:
    """Refuse a score that the metric cannot have, such as an AUC of 95."""
    metric, score = problem_metric(problem), settings.target_score_value
    low, high = metric.bounds
    if score is not None and not low <= score <= high:
        span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"at least {low:g}"
        raise SettingsError(
            f"target_score: {metric.title} cannot be {score:g}, because it is {span}.",
            "Correct or remove it.",
        )


def _pace(validation: Path, slots: int, limit: float) -> float:
    """Return by which factor trials take longer on this machine, also because branches share its cores."""
    return _first_pace(validation / _PACE, limit) * max(1.0, slots / cores())


def _first_pace(path: Path, limit: float) -> float:
    """Return the pace of the machine when the run was planned first: another plan would repeat finished branches."""
    with suppress(OSError, ValueError):
        return float(path.read_text())
    pace = machine_pace(min(_MOST_PATIENCE, _PATIENCE * limit))
    with suppress(OSError):
        path.write_text(repr(pace))
    return pace


def slots(settings: PlanSettings) -> int:
    """Return how many branches run at the same time, as set by the engine or else by the user."""
    return int(os.environ.get(SLOTS_VARIABLE, "0")) or settings.parallel or _SLOTS
