"""Tests of weights that are chosen on random halves of few rows."""

import time

import numpy as np
import pytest

from podium_ml.ensembling import Costs, Pool, PoolMember, Spending, build_weighted
from podium_ml.ensembling._halves import with_halves
from podium_ml.ensembling._weighted import select_weights
from podium_ml.metrics import METRICS
from podium_ml.run.budget import Deadline
from podium_ml.targets import TARGETS

FREE = Costs()


def pool(rows: int = 200, *, members: int = 8, group: np.ndarray | None = None, cost: float = 0.1) -> Pool:
    """Return a pool of regression models that are equally good, each with errors of its own."""
    draw = np.random.default_rng(0)
    y = draw.normal(size=rows)
    oof = y + draw.normal(0, 1, (members, rows))
    rmse = METRICS["rmse"]
    named = tuple(
        PoolMember(f"model_{at}", at, rmse.score(y, one), True, Costs(row_seconds=cost))
        for at, one in enumerate(oof)
    )
    parts = np.array_split(np.arange(rows), 5)
    folds = [(np.setdiff1d(np.arange(rows), part), part) for part in parts]
    return Pool(named, oof, np.arange(rows), y, None, folds, rmse, TARGETS["values"], rows, group=group)


def spending(one: Pool, budget: Costs = FREE) -> Spending:
    return Spending.of([member.costs for member in one.members], budget)


def first_allowed(rows: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    return np.eye(len(allowed))[np.argmax(allowed)]


def test_draws_count_half() -> None:
    one, greedy = pool(), np.eye(8)[7]
    mixed = with_halves(greedy, first_allowed, one, one.rows, spending(one), Deadline())
    assert mixed.sum() == pytest.approx(1.0)
    assert mixed[7] == pytest.approx(0.5, abs=0.03)
    assert mixed[:3].sum() == pytest.approx(0.5, abs=0.03)  # One of them takes part in each draw.
    assert (mixed[:3] > 0).all()


def test_draws_see_half_of_the_rows_and_some_of_the_algorithms() -> None:
    one, seen = pool(), []

    def choose(rows: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        seen.append((rows, allowed))
        return first_allowed(rows, allowed)

    with_halves(np.eye(8)[0], choose, one, one.rows, spending(one), Deadline())
    assert {len(rows) for rows, _ in seen} == {100}
    assert {int(allowed.sum()) for _, allowed in seen} == {5}
    assert len({tuple(rows) for rows, _ in seen}) == len(seen)


def test_groups_stay_whole() -> None:
    group = np.arange(200) // 10
    one, seen = pool(group=group), []

    def choose(rows: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        seen.append(rows)
        return first_allowed(rows, allowed)

    with_halves(np.eye(8)[0], choose, one, one.rows, spending(one), Deadline())
    assert {len(rows) for rows in seen} == {100}
    assert all((np.bincount(group[rows], minlength=20) % 10 == 0).all() for rows in seen)


def test_members_stay_within_the_budget_and_those_of_all_rows_remain() -> None:
    one, greedy = pool(), np.eye(8)[7]
    mixed = with_halves(
        greedy, first_allowed, one, one.rows, spending(one, Costs(row_seconds=0.25)), Deadline()
    )
    assert mixed[7] > 0
    assert (mixed > 0).sum() == 2


def test_without_time_the_weights_stay() -> None:
    one, greedy = pool(), np.eye(8)[7]
    late = with_halves(greedy, first_allowed, one, one.rows, spending(one), Deadline(time.time() - 1))
    assert late is greedy


def test_ensembles_of_few_rows_have_more_members_than_greedy_selection_takes() -> None:
    one = pool(60)
    greedy = select_weights(one, one.rows, deadline=Deadline())
    ensemble = build_weighted(one, deadline=Deadline())[0]
    assert len(ensemble.members) > (greedy > 0).sum()
    assert sum(member.weight for member in ensemble.members) == pytest.approx(1.0)


def test_ensembles_of_many_rows_are_chosen_greedily() -> None:
    one = pool(6_000)
    greedy = select_weights(one, one.rows, deadline=Deadline())
    ensemble = build_weighted(one, deadline=Deadline())[0]
    assert [member.weight for member in ensemble.members] == pytest.approx(greedy[greedy > 0])
