"""Shares the training time among the algorithms."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.training.choice import BASELINE, Skipped, skip
from podium_ml.training.costs import TrialCosts

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
# Those below this usefulness get this share of the training time altogether beside one of this weight: they took more
# than half of it on some tables, while boosters, from which ensembles gain most, ended after one to four trials.
_MINOR, _MINOR_SHARE, _DOMINANT = 7, 0.25, 3.0


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
    left_to_minor = _minor_seconds(chosen, window * slots) / _SPARE
    kept: list[AlgorithmSpec] = []
    for spec in _by_value(chosen, costs):
        need = needs[spec.name]
        # Fewer rounds are better than none: one algorithm may be cut as short as it must be, the others by half.
        if spec.rounds and (need <= 2 * most or not any(one.rounds for one in kept)):
            need = min(need, most)
        allowed = min(left, left_to_minor) if is_minor(spec) else left
        if len(kept) < _FEWEST or need <= min(most, allowed):
            kept.append(spec)
            left -= need
            left_to_minor -= need if is_minor(spec) else 0.0
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
    """Return the baseline, the best sum of words, the best strong one that learns in rounds, and the others by value.

    Value is counted per second. Sums of words often tell texts apart best, and no other algorithm makes up for them.
    The best network follows, because it errs elsewhere than boosters do, so that one of these may be left out for it.
    """

    def value(spec: AlgorithmSpec) -> float:
        # The square lets one strong algorithm take the place of several weak ones. What counts is the usual
        # configuration on all rows: one that is made cheaper loses about as much of its value.
        return (1 + spec.usefulness) ** 2 / costs[spec.name].first()

    ordered = sorted(chosen, key=lambda one: (-value(one), -one.usefulness))
    in_rounds = sorted((one for one in ordered if one.rounds), key=lambda one: not is_strong(one))
    of_words = [one.name for one in ordered if one.needs == "tfidf"]
    networks = [one.name for one in in_rounds if one.compresses and is_strong(one) and not is_dominant(one)]
    first = (BASELINE, *of_words[:1], *(one.name for one in in_rounds[:1]), *networks[:1])
    return sorted(ordered, key=lambda one: first.index(one.name) if one.name in first else len(first))


def is_strong(spec: AlgorithmSpec) -> bool:
    """Whether an algorithm gains from all the time that the others leave."""
    return spec.weight >= _STRONG


def is_minor(spec: AlgorithmSpec) -> bool:
    """Whether an algorithm only complements stronger ones, in whose time it must not cut."""
    return not is_strong(spec) and spec.usefulness < _MINOR


def is_dominant(spec: AlgorithmSpec) -> bool:
    """Whether an algorithm gains so much from time that the minor ones must leave it to it."""
    return spec.weight >= _DOMINANT


def shares(
    chosen: Sequence[AlgorithmSpec], costs: Mapping[str, TrialCosts], *, window: float, slots: int
) -> list[float]:
    """Return the seconds of each branch, in the given order.

    The time is shared by weight. A branch gets its first trial at least, and if its algorithm is not strong, the
    seconds of eight trials at most. Beside a dominant algorithm, the minor ones share a part of the time among each
    other, and the others get the rest.

    Args:
        chosen: The algorithms.
        costs: What their trials cost, by name.
        window: Training time in seconds.
        slots: Number of branches that run at the same time.
    """
    needs = _first_trials(chosen, costs, window=window, slots=slots)
    claims = {
        spec.name: _Claim(
            spec.weight,
            least=min(window, _SPARE * needs[spec.name]),
            most=window if is_strong(spec) else min(window, _ENOUGH_TRIALS * costs[spec.name].first()),
        )
        for spec in chosen
    }
    total = window * slots
    minor = {spec.name: claims[spec.name] for spec in chosen if is_minor(spec) and _dominated(chosen)}
    major = {name: claim for name, claim in claims.items() if name not in minor}
    # Those that the user asks for get their first trials too, as far as there is time.
    first = total * _least(minor) / max(total, _least(claims))
    given = _filled(minor, max(first, _minor_seconds(chosen, total)))
    given |= _filled(major, total - math.fsum(given.values()))
    return [given[spec.name] for spec in chosen]


@dataclass(frozen=True)
class _Claim:
    """What a branch claims of the time: its weight, and the least and the most seconds that are of use to it."""

    weight: float
    least: float
    most: float


def _least(claims: Mapping[str, _Claim]) -> float:
    return math.fsum(one.least for one in claims.values())


def _filled(claims: Mapping[str, _Claim], total: float) -> dict[str, float]:
    """Share seconds by weight, so that each claim gets its least and at most its most; all get less if need be."""
    if not claims:
        return {}
    squeeze = min(1.0, total / _least(claims))
    low, high = 0.0, total / min(one.weight for one in claims.values())
    given: dict[str, float] = {}
    for _ in range(_HALVINGS):
        level = (low + high) / 2
        given = {
            name: max(squeeze * one.least, min(one.most, level * one.weight)) for name, one in claims.items()
        }
        low, high = (level, high) if math.fsum(given.values()) < total else (low, level)
    scale = min(1.0, total / math.fsum(given.values()))
    return {name: scale * seconds for name, seconds in given.items()}


def _minor_seconds(chosen: Sequence[AlgorithmSpec], total: float) -> float:
    """Return how many of all seconds the minor algorithms may take."""
    return _MINOR_SHARE * total if _dominated(chosen) else total


def _dominated(chosen: Sequence[AlgorithmSpec]) -> bool:
    return any(is_dominant(spec) for spec in chosen)
