"""Plans which algorithms run, in which order, and with which resources."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import BranchSpec, Problem, Profile
from podium_ml.contracts.branch import DEFAULT_IMAGE
from podium_ml.run.budget import training_seconds
from podium_ml.settings import PlanSettings
from podium_ml.training.choice import (
    BASELINE,
    Skipped,
    choose_algorithms,
    drop_for_time,
    share_of_window,
    skip,
)
from podium_ml.values.quantities import parse_cpu, parse_size

Configurations = Mapping[str, Sequence[dict[str, Any]]]

# Below this time limit, only the baseline runs.
_SHORTEST_SECONDS = 15.0
# Memory that an algorithm may need, as a multiple of the size of the table.
_MEMORY_FACTOR = 12
# If a branch runs out of memory, its second attempt may use this multiple of the first attempt's memory.
_MORE_MEMORY = 2


@dataclass(frozen=True)
class Plan:
    """The training plan.

    Attributes:
        branches: The branches, in the order in which they start.
        skipped: The algorithms that are left out, with the reasons.
        warnings: Warnings for the user.
    """

    branches: list[BranchSpec]
    skipped: Skipped
    warnings: list[str]


def plan_branches(
    problem: Problem,
    profile: Profile,
    *,
    settings: PlanSettings,
    images: dict[str, str],
    n_jobs: int,
    slots: int,
    configurations: Configurations | None = None,
    placement: Mapping[str, Any] | None = None,
) -> Plan:
    """Plan the training.

    Args:
        problem: The problem.
        profile: Statistics of the training rows.
        settings: The user's algorithms and limits.
        images: Container images, by the names that the project gives them.
        n_jobs: Threads per branch; 0 for as many as its pod has CPUs.
        slots: Number of branches that run at the same time.
        configurations: Parameter sets to try first, by algorithm.
        placement: Accelerators and nodes for branches that run faster on an accelerator: ``accelerators`` (number per
            branch), ``accelerator`` (another resource name), ``node_selector``, ``tolerations``; all optional.

    Raises:
        SettingsError: An algorithm is unknown, or a requested algorithm cannot run.
    """
    chosen, skipped = choose_algorithms(problem, settings)
    limit = settings.time_limit_seconds or 0.0
    window = training_seconds(limit, rows=profile.rows)
    warnings = []
    if 0 < limit < _SHORTEST_SECONDS:
        warnings.append(
            f"A time limit of {limit:.3g} s is too short to train models: only the baseline will run."
        )
        skipped += [skip(one, "The time limit is too short.") for one in chosen if one.name != BASELINE]
        chosen = [one for one in chosen if one.name == BASELINE]
    elif limit and not settings.algorithm_names:
        chosen, dropped = drop_for_time(chosen, problem=problem, window=window, slots=slots)
        skipped += dropped
    warnings += _memory_warnings(profile, settings)
    ordered = _in_order(chosen)
    branches = [
        _branch(ordered, index, profile=profile, settings=settings, images=images, n_jobs=n_jobs, slots=slots)
        for index in range(len(ordered))
    ]
    known = configurations or {}
    branches = [
        replace(one, configurations=tuple(known.get(one.algorithm, ())), **_placement(spec, placement or {}))
        for spec, one in zip(ordered, branches, strict=True)
    ]
    return Plan(branches, skipped, warnings)


def _in_order(chosen: Sequence[AlgorithmSpec]) -> list[AlgorithmSpec]:
    """Return the baseline first, then the algorithms from cheap to expensive.

    A run then has models early, and the expensive algorithms get the time that the cheap ones leave over. Of equally
    expensive ones the more useful starts first, in case the time runs out.
    """
    return sorted(chosen, key=lambda spec: (spec.name != BASELINE, spec.weight, -spec.usefulness, spec.name))


def _branch(
    ordered: Sequence[AlgorithmSpec],
    index: int,
    *,
    profile: Profile,
    settings: PlanSettings,
    images: dict[str, str],
    n_jobs: int,
    slots: int,
) -> BranchSpec:
    spec, limit = ordered[index], settings.time_limit_seconds or 0.0
    # If the branches share no time, a branch must not depend on the others, so that its result can come from the cache
    # whatever other branches run.
    is_shared = limit and slots < len(ordered)
    index, weights = (index, tuple(one.weight for one in ordered)) if is_shared else (0, (spec.weight,))
    window = training_seconds(limit, rows=profile.rows)
    memory = _memory(spec, profile, settings)
    return BranchSpec(
        algorithm=spec.name,
        index=index,
        weights=weights,
        slots=slots,
        seconds=share_of_window(spec.weight, weights, window=window, slots=slots),
        time_limit=limit,
        rows=profile.rows,
        max_trials=settings.max_trials,
        trial_timeout=settings.trial_timeout_seconds or 0.0,
        patience=settings.patience,
        target_score=settings.target_score_value,
        n_jobs=n_jobs or math.ceil(parse_cpu(spec.resources.cpu)),
        cpu=spec.resources.cpu,
        memory=_quantity(memory),
        memory_limit=_quantity(min(_MORE_MEMORY * memory, settings.max_memory_bytes or math.inf)),
        image=images.get(spec.resources.image, images.get("python-cpu", DEFAULT_IMAGE)),
        seed=settings.seed,
    )


def _memory(spec: AlgorithmSpec, profile: Profile, settings: PlanSettings) -> int:
    """Return the bytes for the pod: the algorithm's own, more for large tables, and at most what the user allows."""
    needed = max(parse_size(spec.resources.memory), _MEMORY_FACTOR * profile.memory_bytes)
    return min(needed, settings.max_memory_bytes or needed)


def _quantity(size: float) -> str:
    """Return a number of bytes as Kubernetes writes it."""
    return f"{max(1, int(size) // 2**20)}Mi"


def _placement(spec: AlgorithmSpec, placement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the accelerator settings of a branch; empty if it uses no accelerator or the cluster has none."""
    count = int(placement.get("accelerators", 0))
    if not spec.resources.accelerator or not count:
        return {}
    return {
        "accelerator": str(placement.get("accelerator", spec.resources.accelerator)),
        "accelerator_count": str(count),
        "node_selector": dict(placement.get("node_selector", {})),
    }


def _memory_warnings(profile: Profile, settings: PlanSettings) -> list[str]:
    most = settings.max_memory_bytes
    if not most or most >= 2 * profile.memory_bytes:
        return []
    table = profile.memory_bytes / 2**20
    return [
        f"The table alone takes {table:,.0f} MiB of the {most / 2**20:,.0f} MiB allowed: most models will fail."
    ]
