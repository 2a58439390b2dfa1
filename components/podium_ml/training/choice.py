"""Chooses the algorithms that take part in a run."""

import math
from collections.abc import Iterable, Mapping, Sequence

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.errors import RegistryError, SettingsError
from podium_ml.kinds import KINDS
from podium_ml.settings import PlanSettings
from podium_ml.targets import target_of
from podium_ml.training.costs import TrialCosts

BASELINE = "baseline"
Skipped = list[dict[str, str]]
# An algorithm that can only learn from a smaller part of the rows is left out.
_SMALLEST_PART = 0.05
# The baseline and one other algorithm run, however short the time is.
_FEWEST = 2
# The first trials of all algorithms may take this share of the training time, and that of one algorithm this share.
_FIRST_TRIALS, _FIRST_TRIAL = 0.6, 0.5
# A first trial may take longer than expected by this factor.
_SPARE = 1.3
# Steps of the search for the level up to which the branches are filled.
_HALVINGS = 50
# Algorithms with at least this weight gain from each further trial. For the others, so many trials are enough.
_STRONG, _ENOUGH_TRIALS = 2.0, 8


def choose_algorithms(
    problem: Problem, settings: PlanSettings, *, accelerated: bool = False
) -> tuple[list[AlgorithmSpec], Skipped]:
    """Return the algorithms that fit the problem and the user's settings, and the others with the reasons.

    The baseline always takes part, because the other algorithms are compared with it.

    Args:
        problem: The problem.
        settings: The user's ``algorithms``, ``exclude`` and ``interpretable``.
        accelerated: Whether branches get an accelerator.

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
            reason = _size_reason(spec, problem) or _accelerator_reason(spec, accelerated)
        if reason and name in asked:
            raise SettingsError(f"algorithms: {name} cannot run. {reason}")
        if reason:
            skipped.append(skip(spec, reason))
        else:
            chosen.append(spec)
    return chosen, skipped


def drop_for_time(
    chosen: Sequence[AlgorithmSpec], costs: Mapping[str, TrialCosts], *, window: float, slots: int
) -> tuple[list[AlgorithmSpec], Skipped]:
    """Keep the algorithms with the highest value per second whose first trials leave time to search.

    An algorithm that is slow on this table takes part with a cheaper configuration, or with most of the rows.

    Args:
        chosen: The algorithms.
        costs: What their trials cost, by name.
        window: Training time in seconds.
        slots: Number of branches that run at the same time.
    """
    needs = _first_trials(chosen, costs, window=window, slots=slots)
    left, most = _FIRST_TRIALS * window * slots, _FIRST_TRIAL * window
    kept: list[AlgorithmSpec] = []
    for spec in _by_value(chosen, costs):
        need = needs[spec.name]
        # Fewer rounds are better than none: one algorithm may be cut as short as it must be, the others by half.
        if spec.rounds and (need <= 2 * most or not any(one.rounds for one in kept)):
            need = min(need, most)
        if len(kept) < _FEWEST or need <= min(most, left):
            kept.append(spec)
            left -= need
    takes_part = {spec.name for spec in kept}
    skipped = [
        skip(
            spec,
            f"A first trial would take about {max(1.0, needs[spec.name]):,.0f} s of the {window:,.0f} s for training, "
            "in which other algorithms achieve more.",
        )
        for spec in chosen
        if spec.name not in takes_part
    ]
    return [spec for spec in chosen if spec.name in takes_part], skipped


def _first_trials(
    chosen: Sequence[AlgorithmSpec], costs: Mapping[str, TrialCosts], *, window: float, slots: int
) -> dict[str, float]:
    """Return the seconds of each first trial, made to fit into its algorithm's share of the time if possible."""
    unit = window * slots / math.fsum(spec.weight for spec in chosen)
    return {
        spec.name: costs[spec.name].least(min(_FIRST_TRIAL * window, unit * spec.weight)) for spec in chosen
    }


def _by_value(chosen: Sequence[AlgorithmSpec], costs: Mapping[str, TrialCosts]) -> list[AlgorithmSpec]:
    """Return the baseline, the best algorithm that learns in rounds, and the others by their value per second."""

    def value(spec: AlgorithmSpec) -> float:
        # The square lets one strong algorithm take the place of several weak ones. What counts is the usual
        # configuration on all rows: one that is made cheaper loses about as much of its value.
        return (1 + spec.usefulness) ** 2 / costs[spec.name].first()

    ordered = sorted(chosen, key=lambda one: (-value(one), -one.usefulness))
    in_rounds = next((one.name for one in ordered if one.rounds), "")
    first = (BASELINE, in_rounds)
    return sorted(ordered, key=lambda one: first.index(one.name) if one.name in first else len(first))


def is_strong(spec: AlgorithmSpec) -> bool:
    """Whether an algorithm gains from all the time that the others leave."""
    return spec.weight >= _STRONG


def shares(
    chosen: Sequence[AlgorithmSpec], costs: Mapping[str, TrialCosts], *, window: float, slots: int
) -> list[float]:
    """Return the seconds of each branch, in the given order.

    The time is shared by weight. A branch gets its first trial at least, and if its algorithm is not strong, the
    seconds of eight trials at most; the strong ones share the rest.

    Args:
        chosen: The algorithms.
        costs: What their trials cost, by name.
        window: Training time in seconds.
        slots: Number of branches that run at the same time.
    """
    needs = _first_trials(chosen, costs, window=window, slots=slots)
    least = [min(window, _SPARE * needs[spec.name]) for spec in chosen]
    most = [
        window if is_strong(spec) else min(window, _ENOUGH_TRIALS * costs[spec.name].first())
        for spec in chosen
    ]
    total = window * slots
    squeeze = min(1.0, total / math.fsum(least))
    low, high = 0.0, window / min(spec.weight for spec in chosen)
    given: list[float] = []
    for _ in range(_HALVINGS):
        level = (low + high) / 2
        given = [
            max(squeeze * first, min(end, level * spec.weight))
            for spec, first, end in zip(chosen, least, most, strict=True)
        ]
        low, high = (level, high) if math.fsum(given) < total else (low, level)
    scale = min(1.0, total / math.fsum(given))
    return [scale * seconds for seconds in given]


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
    if spec.reads and all(column.role != spec.reads for column in problem.features):
        return f"No column has the role {spec.reads}."
    if not spec.is_available():
        what = f"'podium-automl[{spec.extra}]'" if spec.extra else " ".join(spec.requires)
        return f"Not installed: pip install {what}."
    if settings.interpretable and not spec.interpretable:
        return "The model is not interpretable."
    if spec.keeps_rows and not problem.examples:
        return "The model holds training rows (`--no-examples`)."
    return KINDS[problem.kind].reason_against(spec, problem)


def _size_reason(spec: AlgorithmSpec, problem: Problem) -> str:
    if spec.max_rows and spec.max_rows < _SMALLEST_PART * problem.n_train:
        return f"It learns from at most {spec.max_rows:,} rows, a small part of the {problem.n_train:,} training rows."
    return ""


def _accelerator_reason(spec: AlgorithmSpec, accelerated: bool) -> str:
    if spec.for_accelerators and not accelerated:
        return f"It is worth its time on an accelerator; `--algorithms {spec.name},...` uses it anyway."
    return ""


def _known(names: Iterable[str], algorithms: Mapping[str, AlgorithmSpec], *, setting: str) -> list[str]:
    known = []
    for name in names:
        try:
            known.append(algorithms[name].name)
        except RegistryError as error:
            raise SettingsError(f"{setting}: {error.message}", error.hint) from None
    return known
