"""The stage that chooses the branches."""

import os
from typing import Any

from podium_ml.champions.lessons import Lessons
from podium_ml.contracts import Problem, Profile
from podium_ml.run.concurrency import SLOTS_VARIABLE, threads
from podium_ml.settings.tabular import Settings
from podium_ml.training.plan import plan_branches

# How many branches run at once where neither the engine nor the user says.
_SLOTS = 2


def run(
    *,
    problem: str,
    profile: str,
    settings: dict[str, Any],
    images: dict[str, str] | None = None,
    placement: dict[str, Any] | None = None,
    lessons: str = "",
) -> dict[str, Any]:
    """Plan the training.

    Args:
        problem: File of the problem.
        profile: File of the profile.
        settings: The user's algorithms and limits: fields of ``Settings``.
        images: Container images by the project's names for them.
        placement: What the cluster has for branches that an accelerator speeds up; see ``plan_branches``.
        lessons: Folder of a champion's lessons, whose best configurations come first; may be empty.

    Returns:
        ``plan`` (``BranchSpec`` fields, one a branch), ``skipped`` and ``warnings``.

    Raises:
        SettingsError: An algorithm is unknown, or one that was asked for cannot run.
    """
    checked = Settings.parse(settings)
    plan = plan_branches(
        Problem.load(problem),
        Profile.load(profile),
        settings=checked,
        images=images or {},
        # On a cluster the planner's own pod says nothing of the branches'.
        n_jobs=threads() if SLOTS_VARIABLE in os.environ else 0,
        slots=slots(checked),
        placement=placement or {},
        configurations=Lessons(lessons).configurations if lessons else {},
    )
    return {
        "plan": [branch.to_dict() for branch in plan.branches],
        "skipped": plan.skipped,
        "warnings": plan.warnings,
    }


def slots(settings: Settings) -> int:
    """Return how many branches run at once: the engine's word, or the user's, who knows the cluster."""
    return int(os.environ.get(SLOTS_VARIABLE, "0")) or settings.parallel or _SLOTS
