"""Plans which algorithms run, in which order, and with which resources."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podium_ml.algorithms import AlgorithmSpec, narrowed
from podium_ml.confinement.extras import install
from podium_ml.contracts import BranchSpec, Problem, Profile
from podium_ml.contracts.branch import DEFAULT_IMAGE
from podium_ml.kinds import KINDS, Kind
from podium_ml.run.budget import training_seconds, training_seconds_left
from podium_ml.settings import PlanSettings
from podium_ml.training.choice import BASELINE, Skipped, choose_algorithms, skip
from podium_ml.training.costs import (
    TrialCosts,
    TrialSize,
    planned_characters,
    planned_columns,
    planned_topics,
)
from podium_ml.training.specialists import with_specialists_first
from podium_ml.training.time_shares import drop_for_time, is_strong, shares
from podium_ml.training.wide_tables import suited
from podium_ml.values.quantities import parse_cpu, parse_size

Configurations = Mapping[str, Sequence[dict[str, Any]]]

# Below this time limit, only the baseline runs.
_SHORTEST_SECONDS = 15.0
# Memory that an algorithm may need, as a multiple of the size of the table.
_MEMORY_FACTOR = 12
# A branch that learns from a part of the table reads all of it.
_MEMORY_OF_TABLE = 2
# Trials that a branch keeps for the ensemble. One of a shard does not know which ones are best on all groups.
_KEPT, _KEPT_OF_SHARD = 3, 12
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
    pace: float = 1.0,
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
        pace: Factor by which trials take longer than usual; see ``TrialCosts``.

    Raises:
        SettingsError: An algorithm is unknown, or a requested algorithm cannot run.
    """
    accelerated = bool(int((placement or {}).get("accelerators", 0)))
    chosen, skipped = choose_algorithms(problem, settings, accelerated=accelerated)
    chosen = [suited(spec, problem) for spec in with_specialists_first(chosen, problem)]
    chosen = [narrowed(spec, settings.search_spaces.get(spec.name, {})) for spec in chosen]
    limit = settings.time_limit_seconds or 0.0
    window = training_seconds_left(limit, rows=profile.rows)
    costs = {spec.name: _costs(spec, problem, profile, n_jobs=n_jobs, pace=pace) for spec in chosen}
    warnings = _install_warnings(KINDS[problem.kind])
    if 0 < limit < _SHORTEST_SECONDS:
        warnings.append(
            f"A time limit of {limit:.3g} s is too short to train models: only the baseline will run."
        )
        skipped += [skip(one, "The time limit is too short.") for one in chosen if one.name != BASELINE]
        chosen = [one for one in chosen if one.name == BASELINE]
    elif limit and not settings.algorithm_names:
        chosen, dropped = drop_for_time(chosen, costs, window=window, slots=slots)
        skipped += dropped
    warnings += _memory_warnings(profile, settings)
    ordered = _in_order(chosen, costs)
    seconds = shares(ordered, costs, window=window, slots=slots) if limit else [0.0] * len(ordered)
    parts = [
        _Part(spec, share / count, shard, count)
        for spec, share in zip(ordered, seconds, strict=True)
        for count in [settings.shards_for(problem, seconds=costs[spec.name].first()) if spec.by_group else 1]
        for shard in range(count)
    ]
    known = configurations or {}
    branches = [
        replace(
            _branch(
                part,
                index,
                [one.seconds for one in parts],
                profile=profile,
                settings=settings,
                images=images,
                n_jobs=n_jobs,
                slots=slots,
            ),
            configurations=tuple(known.get(part.spec.name, ())),
            **_placement(part.spec, placement or {}),
        )
        for index, part in enumerate(parts)
    ]
    return Plan(branches, skipped, warnings)


@dataclass(frozen=True)
class _Part:
    """What one branch does of an algorithm's work.

    Attributes:
        spec: The algorithm.
        seconds: Its share of the time.
        shard: Which part of the groups it learns from, from 0.
        shards: Number of branches that share the groups.
    """

    spec: AlgorithmSpec
    seconds: float
    shard: int
    shards: int


def _costs(
    spec: AlgorithmSpec, problem: Problem, profile: Profile, *, n_jobs: int, pace: float
) -> TrialCosts:
    size = TrialSize.of_problem(
        problem,
        columns=planned_columns(problem, profile, spec.needs),
        characters=planned_characters(problem, profile, spec.needs),
        topics=planned_topics(problem, spec.needs),
    )
    return TrialCosts(spec, size, threads=_threads(spec, n_jobs), pace=pace)


def _threads(spec: AlgorithmSpec, n_jobs: int) -> int:
    return n_jobs or math.ceil(parse_cpu(spec.resources.cpu))


def _in_order(chosen: Sequence[AlgorithmSpec], costs: Mapping[str, TrialCosts]) -> list[AlgorithmSpec]:
    """Return the baseline first, then the algorithms from cheap to expensive, the strong ones last.

    A run then has models early, and the strong algorithms, the most useful last, get the time that the others leave.
    """

    def key(spec: AlgorithmSpec) -> tuple[bool, float, float]:
        strong = is_strong(spec)
        return strong, spec.usefulness if strong else costs[spec.name].first(), -spec.usefulness

    return sorted(chosen, key=lambda spec: (spec.name != BASELINE, *key(spec), spec.name))


def _branch(
    part: _Part,
    index: int,
    seconds: Sequence[float],
    *,
    profile: Profile,
    settings: PlanSettings,
    images: dict[str, str],
    n_jobs: int,
    slots: int,
) -> BranchSpec:
    limit, spec = settings.time_limit_seconds or 0.0, part.spec
    # If the branches share no time, a branch must not depend on the others, so that its result can come from the cache
    # whatever other branches run.
    is_shared = limit and slots < len(seconds)
    weights = tuple(seconds) if is_shared else (1.0,)
    window = training_seconds(limit, rows=profile.rows)
    memory = _memory(part, profile, settings)
    return BranchSpec(
        algorithm=spec.name,
        shard=part.shard,
        shards=part.shards,
        keep=_KEPT if part.shards == 1 else _KEPT_OF_SHARD,
        index=index if is_shared else 0,
        weights=weights,
        slots=slots,
        seconds=seconds[index] if is_shared else window,
        time_limit=limit,
        rows=profile.rows,
        max_trials=settings.max_trials,
        trial_timeout=settings.trial_timeout_seconds or 0.0,
        patience=settings.patience,
        target_score=settings.target_score_value,
        n_jobs=_threads(spec, n_jobs),
        cpu=spec.resources.cpu,
        memory=_quantity(memory),
        memory_limit=_quantity(min(_MORE_MEMORY * memory, settings.max_memory_bytes or math.inf)),
        image=images.get(spec.resources.image, images.get("python-cpu", DEFAULT_IMAGE)),
        seed=settings.seed,
        search_space=settings.search_spaces.get(spec.name, {}),
    )


def _memory(part: _Part, profile: Profile, settings: PlanSettings) -> int:
    """Return the bytes for the pod: the algorithm's own, more for large tables, and at most what the user allows."""
    table = profile.memory_bytes * (_MEMORY_FACTOR / part.shards + _MEMORY_OF_TABLE * (part.shards > 1))
    needed = max(parse_size(part.spec.resources.memory), int(table))
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


def _install_warnings(kind: Kind) -> list[str]:
    """Return what to install for the algorithms of a kind that are not available."""
    missing = [
        spec.title
        for spec in kind.algorithms.values()
        if kind.extra and spec.extra == kind.extra and not spec.is_available()
    ]
    if not missing:
        return []
    return [f"Not installed: {', '.join(missing)}. {install(kind.extra)}"]


def _memory_warnings(profile: Profile, settings: PlanSettings) -> list[str]:
    most = settings.max_memory_bytes
    if not most or most >= 2 * profile.memory_bytes:
        return []
    table = profile.memory_bytes / 2**20
    return [
        f"The table alone takes {table:,.0f} MiB of the {most / 2**20:,.0f} MiB allowed: most models will fail."
    ]
