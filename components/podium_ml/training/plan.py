"""Which algorithms run, in which order, with how much of everything."""

import math
from collections.abc import Iterable
from typing import Any

from podium_ml.algorithms import ALGORITHMS, AlgorithmSpec
from podium_ml.budget import ENDS
from podium_ml.contracts import BranchSpec, Problem, Profile
from podium_ml.errors import RegistryError, SettingsError
from podium_ml.quantities import parse_size
from podium_ml.settings import Settings

BASELINE = "baseline"
SLOTS = 2
# Rows for which an algorithm's minimum_seconds is meant.
_USUAL_ROWS = 1000
# A time limit below this leaves no time for anything but the baseline.
_SHORTEST_SECONDS = 15.0
# Memory that an algorithm may need, as a multiple of the table's own.
_MEMORY_FACTOR = 12


def plan_branches(
    problem: Problem, profile: Profile, *, settings: Settings, images: dict[str, str], n_jobs: int
) -> tuple[list[BranchSpec], list[dict[str, str]], list[str]]:
    """Return the branches, the algorithms left out with the reason, and warnings.

    Args:
        problem: The problem.
        profile: Statistics of the training rows.
        settings: The user's algorithms and limits.
        images: Container images by the project's names for them.
        n_jobs: Threads of one branch.

    Raises:
        SettingsError: An algorithm is unknown, or none is left.
    """
    chosen, skipped = _choose(problem, settings)
    limit, warnings = settings.time_limit_seconds or 0.0, []
    if limit and limit < _SHORTEST_SECONDS:
        warnings.append(
            f"A time limit of {limit:.3g} s is too short to train models: only the baseline will run."
        )
        skipped += [
            _skip(spec.name, "The time limit is too short.") for spec in chosen if spec.name != BASELINE
        ]
        chosen = [spec for spec in chosen if spec.name == BASELINE]
    window = limit * (ENDS["train_candidate"] - ENDS["featurize_data"])
    if limit and not settings.algorithm_names:
        chosen, dropped = _fit_into(chosen, window, rows=problem.n_train)
        skipped += dropped
    # Cheap ones first: what they leave over goes to the expensive ones.
    ordered = sorted(chosen, key=lambda spec: (spec.name != BASELINE, spec.weight, spec.name))
    weights = tuple(spec.weight for spec in ordered)
    branches = [
        BranchSpec(
            algorithm=spec.name,
            index=index,
            weights=weights,
            slots=SLOTS,
            seconds=min(window, window * SLOTS * spec.weight / math.fsum(weights)),
            time_limit=limit,
            max_trials=settings.max_trials,
            trial_timeout=settings.trial_timeout_seconds or 0.0,
            patience=settings.patience,
            target_score=settings.target_score_value,
            n_jobs=n_jobs,
            cpu=spec.resources.cpu,
            memory=_memory(spec, profile, settings),
            accelerator=spec.resources.accelerator,
            image=images.get(spec.resources.image, images.get("python-cpu", "podium/python-cpu:0.1.0")),
            seed=settings.seed,
        )
        for index, spec in enumerate(ordered)
    ]
    return branches, skipped, warnings


def _choose(problem: Problem, settings: Settings) -> tuple[list[AlgorithmSpec], list[dict[str, str]]]:
    asked = _known(settings.algorithm_names, "algorithms")
    excluded = set(_known(settings.excluded_names, "exclude"))
    names = [*asked, *([] if BASELINE in asked else [BASELINE])] if asked else list(ALGORITHMS)
    chosen, skipped = [], []
    for name in names:
        spec = ALGORITHMS[name]
        reason = _reason_against(spec, problem, settings, excluded)
        if reason and name in asked:
            raise SettingsError(f"algorithms: {name} cannot run. {reason}")
        if reason:
            skipped.append(_skip(name, reason))
        else:
            chosen.append(spec)
    return chosen, skipped


def _reason_against(spec: AlgorithmSpec, problem: Problem, settings: Settings, excluded: set[str]) -> str:
    if spec.name in excluded and spec.name != BASELINE:
        return "Excluded by the user."
    if problem.task not in spec.tasks:
        return f"Not for {problem.task} problems."
    if not spec.is_available():
        return f"Not installed: pip install 'podium-automl[{spec.extra}]'."
    if settings.interpretable and not spec.interpretable and spec.name != BASELINE:
        return "Its predictions cannot be read off the model."
    return ""


def _known(names: Iterable[str], setting: str) -> list[str]:
    known = []
    for name in names:
        try:
            known.append(ALGORITHMS[name].name)
        except RegistryError as error:
            raise SettingsError(f"{setting}: {error.message}", error.hint) from None
    return known


def _fit_into(
    chosen: list[AlgorithmSpec], window: float, *, rows: int
) -> tuple[list[AlgorithmSpec], list[dict[str, str]]]:
    """Drop the algorithms whose share falls furthest below what they need, until all others have enough."""
    left, dropped = list(chosen), []
    growth = max(1.0, rows / _USUAL_ROWS) ** 0.5

    def ratio(spec: AlgorithmSpec) -> float:
        share = window * SLOTS * spec.weight / math.fsum(one.weight for one in left)
        return math.inf if spec.name == BASELINE else share / (spec.minimum_seconds * growth)

    while len(left) > 2 and min(map(ratio, left)) < 1:
        worst = min(left, key=ratio)
        left.remove(worst)
        dropped.append(_skip(worst.name, "The time limit leaves it too little time."))
    return left, dropped


def _memory(spec: AlgorithmSpec, profile: Profile, settings: Settings) -> str:
    """Return the pod's memory: what the algorithm declares, more for large tables, at most what the user allows."""
    needed = max(parse_size(spec.resources.memory), _MEMORY_FACTOR * profile.memory_bytes)
    most = settings.max_memory_bytes or needed
    return f"{math.ceil(min(needed, most) / 2**20)}Mi"


def _skip(name: str, reason: str) -> dict[str, Any]:
    return {"algorithm": name, "reason": reason}
