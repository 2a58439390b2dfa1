"""Chooses the algorithms that take part in a run."""

import math
from collections.abc import Iterable, Mapping, Sequence

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.errors import RegistryError, SettingsError
from podium_ml.kinds import KINDS
from podium_ml.settings import PlanSettings
from podium_ml.targets import target_of

BASELINE = "baseline"
Skipped = list[dict[str, str]]
# The table size that an algorithm's minimum_seconds refers to, in rows x features x outputs.
_USUAL_SIZE = 1_000 * 20
# An algorithm that can only learn from a smaller part of the rows is left out.
_SMALLEST_PART = 0.05
# The baseline and one other algorithm run, however short the time is.
_FEWEST = 2


def choose_algorithms(problem: Problem, settings: PlanSettings) -> tuple[list[AlgorithmSpec], Skipped]:
    """Return the algorithms that fit the problem and the user's settings, and the others with the reasons.

    The baseline always takes part, because the other algorithms are compared with it.

    Args:
        problem: The problem.
        settings: The user's ``algorithms``, ``exclude`` and ``interpretable``.

    Raises:
        SettingsError: An algorithm is unknown, or a requested algorithm cannot run.
    """
    known = KINDS[problem.kind].algorithms
    asked = _known(settings.algorithm_names, known, setting="algorithms")
    excluded = set(_known(settings.excluded_names, known, setting="exclude"))
    chosen, skipped = [], Skipped()
    for name in dict.fromkeys([*asked, BASELINE]) if asked else known:
        spec = known[name]
        reason = _reason_against(spec, problem, settings, excluded)
        if not reason and not asked:
            reason = _size_reason(spec, problem)
        if reason and name in asked:
            raise SettingsError(f"algorithms: {name} cannot run. {reason}")
        if reason:
            skipped.append(skip(spec, reason))
        else:
            chosen.append(spec)
    return chosen, skipped


def drop_for_time(
    chosen: Sequence[AlgorithmSpec], *, problem: Problem, window: float, slots: int
) -> tuple[list[AlgorithmSpec], Skipped]:
    """Drop the algorithms with the greatest shortage of time, one by one, until all others have enough.

    Args:
        chosen: The algorithms.
        problem: The problem; algorithms need more time for a larger table.
        window: Training time in seconds.
        slots: Number of branches that run at the same time.
    """
    left, skipped = list(chosen), Skipped()
    growth = time_growth(problem)

    def sufficiency(spec: AlgorithmSpec) -> float:
        share = share_of_window(spec.weight, [one.weight for one in left], window=window, slots=slots)
        return math.inf if spec.name == BASELINE else share / (spec.minimum_seconds * growth)

    while len(left) > _FEWEST and min(map(sufficiency, left)) < 1:
        worst = min(left, key=lambda spec: (sufficiency(spec), spec.usefulness))
        left.remove(worst)
        skipped.append(skip(worst, "The time limit leaves too little time for it."))
    return left, skipped


def share_of_window(weight: float, weights: Iterable[float], *, window: float, slots: int) -> float:
    """Return the seconds that a branch may take when several branches share the training time.

    Args:
        weight: Weight of the branch.
        weights: Weights of all branches, including this one.
        window: Training time in seconds.
        slots: Number of branches that run at the same time.

    >>> share_of_window(1.0, [1.0, 1.0, 2.0], window=60.0, slots=2)
    30.0
    >>> share_of_window(1.0, [1.0, 1.0, 2.0], window=60.0, slots=8)
    60.0
    """
    return min(window, window * slots * weight / math.fsum(weights))


def time_growth(problem: Problem) -> float:
    """Return the factor by which an algorithm needs more time than for a typical small table, at least 1.

    The time needed grows with the square root of the table size, because fits stop at their deadline and large tables
    need fewer trees or rounds.
    """
    size = problem.n_train * max(1, len(problem.features)) * max(1, problem.n_outputs - 1)
    return max(1.0, size / _USUAL_SIZE) ** 0.5


def skip(spec: AlgorithmSpec, reason: str) -> dict[str, str]:
    """Return the record of an algorithm that is left out."""
    return {"algorithm": spec.name, "reason": reason}


def _reason_against(spec: AlgorithmSpec, problem: Problem, settings: PlanSettings, excluded: set[str]) -> str:
    if spec.name == BASELINE:
        return ""
    if spec.name in excluded:
        return "Excluded by the user."
    if target_of(problem).task_of_algorithms(problem) not in spec.tasks:
        return f"Not for {problem.task} problems."
    if not spec.is_available():
        what = f"'podium-automl[{spec.extra}]'" if spec.extra else " ".join(spec.requires)
        return f"Not installed: pip install {what}."
    if settings.interpretable and not spec.interpretable:
        return "The model is not interpretable."
    return ""


def _size_reason(spec: AlgorithmSpec, problem: Problem) -> str:
    if spec.max_rows and spec.max_rows < _SMALLEST_PART * problem.n_train:
        return f"It learns from at most {spec.max_rows:,} rows, a small part of the {problem.n_train:,} training rows."
    return ""


def _known(names: Iterable[str], algorithms: Mapping[str, AlgorithmSpec], *, setting: str) -> list[str]:
    known = []
    for name in names:
        try:
            known.append(algorithms[name].name)
        except RegistryError as error:
            raise SettingsError(f"{setting}: {error.message}", error.hint) from None
    return known
