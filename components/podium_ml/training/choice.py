"""Which algorithms take part."""

import math
from collections.abc import Iterable, Sequence

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.errors import RegistryError, SettingsError
from podium_ml.settings.tabular import Settings
from podium_ml.tabular.algorithms import ALGORITHMS

BASELINE = "baseline"
Skipped = list[dict[str, str]]
# The table for which an algorithm's minimum_seconds is meant, in rows x features x outputs.
_USUAL_SIZE = 1_000 * 20
# An algorithm that learns from less than this part of the rows is left to others.
_SMALLEST_PART = 0.05
# However short the time, the baseline and one other algorithm run.
_FEWEST = 2


def choose(problem: Problem, settings: Settings) -> tuple[list[AlgorithmSpec], Skipped]:
    """Return the algorithms that fit the problem and the user's wishes, and those left out with the reason.

    The baseline always takes part: it is what the others are measured against.

    Args:
        problem: The problem.
        settings: The user's ``algorithms``, ``exclude`` and ``interpretable``.

    Raises:
        SettingsError: An algorithm is unknown, or one that was asked for cannot run.
    """
    asked = _known(settings.algorithm_names, "algorithms")
    excluded = set(_known(settings.excluded_names, "exclude"))
    chosen, skipped = [], Skipped()
    for name in dict.fromkeys([*asked, BASELINE]) if asked else ALGORITHMS:
        spec = ALGORITHMS[name]
        reason = _reason_against(spec, problem, settings, excluded)
        if not reason and not asked:
            reason = _reason_of_size(spec, problem)
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
    """Drop those whose share falls furthest below what they need, one by one, until all others have enough.

    Args:
        chosen: The algorithms.
        problem: The problem; the larger its table, the more time they need.
        window: Training time in seconds.
        slots: How many run at once.
    """
    left, skipped = list(chosen), Skipped()
    growth = time_growth(problem)

    def sufficiency(spec: AlgorithmSpec) -> float:
        share = share_of_window(spec.weight, [one.weight for one in left], window=window, slots=slots)
        return math.inf if spec.name == BASELINE else share / (spec.minimum_seconds * growth)

    while len(left) > _FEWEST and min(map(sufficiency, left)) < 1:
        worst = min(left, key=sufficiency)
        left.remove(worst)
        skipped.append(skip(worst, "The time limit leaves it too little time."))
    return left, skipped


def share_of_window(weight: float, weights: Iterable[float], *, window: float, slots: int) -> float:
    """Return the seconds that a branch may take when several share the training time.

    Args:
        weight: Its claim.
        weights: The claims of all, its own among them.
        window: Training time in seconds.
        slots: How many run at once.

    >>> share_of_window(1.0, [1.0, 1.0, 2.0], window=60.0, slots=2)
    30.0
    >>> share_of_window(1.0, [1.0, 1.0, 2.0], window=60.0, slots=8)
    60.0
    """
    return min(window, window * slots * weight / math.fsum(weights))


def time_growth(problem: Problem) -> float:
    """Return how many times more time an algorithm needs than for a usual small table, at least 1.

    Fits stop at their deadline and large tables take fewer trees or rounds, so need grows with the root of the size.
    """
    size = problem.n_train * max(1, len(problem.features)) * max(1, problem.n_outputs - 1)
    return max(1.0, size / _USUAL_SIZE) ** 0.5


def skip(spec: AlgorithmSpec, reason: str) -> dict[str, str]:
    """Return the entry of an algorithm that is left out."""
    return {"algorithm": spec.name, "reason": reason}


def _reason_against(spec: AlgorithmSpec, problem: Problem, settings: Settings, excluded: set[str]) -> str:
    if spec.name == BASELINE:
        return ""
    if spec.name in excluded:
        return "Excluded by the user."
    if problem.task not in spec.tasks:
        return f"Not for {problem.task} problems."
    if not spec.is_available():
        what = f"'podium-automl[{spec.extra}]'" if spec.extra else " ".join(spec.requires)
        return f"Not installed: pip install {what}."
    if settings.interpretable and not spec.interpretable:
        return "Its predictions cannot be read off the model."
    return ""


def _reason_of_size(spec: AlgorithmSpec, problem: Problem) -> str:
    if spec.max_rows and spec.max_rows < _SMALLEST_PART * problem.n_train:
        return f"It learns from {spec.max_rows:,} rows at most, too small a part of {problem.n_train:,}."
    return ""


def _known(names: Iterable[str], setting: str) -> list[str]:
    known = []
    for name in names:
        try:
            known.append(ALGORITHMS[name].name)
        except RegistryError as error:
            raise SettingsError(f"{setting}: {error.message}", error.hint) from None
    return known
