"""Which algorithms run, in which order, with how much of everything."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import BranchSpec, Problem, Profile
from podium_ml.run.budget import ENDS
from podium_ml.settings.tabular import Settings
from podium_ml.training.choice import BASELINE, Skipped, choose, drop_for_time, share_of_window, skip
from podium_ml.values.quantities import parse_cpu, parse_size

Configurations = Mapping[str, Sequence[dict[str, Any]]]

# A time limit below this leaves no time for anything but the baseline.
_SHORTEST_SECONDS = 15.0
# Memory that an algorithm may need, as a multiple of the table's own.
_MEMORY_FACTOR = 12
# A second attempt of a branch that ran out of memory may take this much of what the first was given.
_MORE_MEMORY = 2
_DEFAULT_IMAGE = "podium/python-cpu:0.1.0"


@dataclass(frozen=True)
class Plan:
    """What runs and what does not.

    Attributes:
        branches: The branches, in the order in which they start.
        skipped: Algorithms left out, and why.
        warnings: What the user should know at once.
    """

    branches: list[BranchSpec]
    skipped: Skipped
    warnings: list[str]


def plan_branches(
    problem: Problem,
    profile: Profile,
    *,
    settings: Settings,
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
        images: Container images by the project's names for them.
        n_jobs: Threads of one branch; 0 for as many as its pod has CPUs.
        slots: How many branches run at once.
        configurations: Parameter sets to try first, by algorithm.
        placement: What the cluster has for branches that an accelerator speeds up: ``accelerators`` (how many a
            branch gets), ``accelerator`` (another resource name), ``node_selector``, ``tolerations``; all optional.

    Raises:
        SettingsError: An algorithm is unknown, or one that was asked for cannot run.
    """
    chosen, skipped = choose(problem, settings)
    limit = settings.time_limit_seconds or 0.0
    window = limit * (ENDS["train_candidate"] - ENDS["featurize_data"])
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
    """The baseline, then the cheap ones: a run has models early, and what they leave over the expensive ones get."""
    return sorted(chosen, key=lambda spec: (spec.name != BASELINE, spec.weight, spec.name))


def _branch(
    ordered: Sequence[AlgorithmSpec],
    index: int,
    *,
    profile: Profile,
    settings: Settings,
    images: dict[str, str],
    n_jobs: int,
    slots: int,
) -> BranchSpec:
    spec, limit = ordered[index], settings.time_limit_seconds or 0.0
    # Where nothing is to be shared, the others must not be known: then a branch is in the cache, whatever other
    # branches there are.
    is_shared = limit and slots < len(ordered)
    index, weights = (index, tuple(one.weight for one in ordered)) if is_shared else (0, (spec.weight,))
    window = limit * (ENDS["train_candidate"] - ENDS["featurize_data"])
    memory = _memory(spec, profile, settings)
    return BranchSpec(
        algorithm=spec.name,
        index=index,
        weights=weights,
        slots=slots,
        seconds=share_of_window(spec.weight, weights, window=window, slots=slots),
        time_limit=limit,
        max_trials=settings.max_trials,
        trial_timeout=settings.trial_timeout_seconds or 0.0,
        patience=settings.patience,
        target_score=settings.target_score_value,
        n_jobs=n_jobs or math.ceil(parse_cpu(spec.resources.cpu)),
        cpu=spec.resources.cpu,
        memory=_quantity(memory),
        memory_limit=_quantity(min(_MORE_MEMORY * memory, settings.max_memory_bytes or math.inf)),
        image=images.get(spec.resources.image, images.get("python-cpu", _DEFAULT_IMAGE)),
        seed=settings.seed,
    )


def _memory(spec: AlgorithmSpec, profile: Profile, settings: Settings) -> int:
    """Return bytes for the pod: what the algorithm declares, more for large tables, at most what the user allows."""
    needed = max(parse_size(spec.resources.memory), _MEMORY_FACTOR * profile.memory_bytes)
    return min(needed, settings.max_memory_bytes or needed)


def _quantity(size: float) -> str:
    """Return a number of bytes as Kubernetes writes it."""
    return f"{max(1, int(size) // 2**20)}Mi"


def _placement(spec: AlgorithmSpec, placement: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a branch that an accelerator speeds up asks of a cluster that has some."""
    count = int(placement.get("accelerators", 0))
    if not spec.resources.accelerator or not count:
        return {}
    return {
        "accelerator": str(placement.get("accelerator", spec.resources.accelerator)),
        "accelerator_count": str(count),
        "node_selector": dict(placement.get("node_selector", {})),
        "tolerations": tuple(placement.get("tolerations", ())),
    }


def _memory_warnings(profile: Profile, settings: Settings) -> list[str]:
    most = settings.max_memory_bytes
    if not most or most >= 2 * profile.memory_bytes:
        return []
    table = profile.memory_bytes / 2**20
    return [
        f"The table alone takes {table:,.0f} MiB of the {most / 2**20:,.0f} MiB allowed: most models will fail."
    ]
