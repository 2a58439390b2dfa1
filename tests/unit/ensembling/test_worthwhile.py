"""Tests of how much a model may cost so that it loses next to nothing."""

from dataclasses import replace

import numpy as np
import pytest

from podium_ml.ensembling import Costs, Pool, worthwhile_budget
from podium_ml.run.budget import Deadline
from tests.unit.ensembling.test_weighted import make_pool

USUAL = Costs(row_seconds=0.006, batch_seconds=0.3, size_bytes=20e6, fit_seconds=5.0)


def pool_with_costs(*batch_seconds: float, skills: tuple[float, ...], rows: int = 2_000) -> Pool:
    """Return a pool of models that take so long for a batch."""
    pool = make_pool("multiclass", "log_loss", rows=rows, skills=skills)
    members = [
        replace(one, costs=Costs(0.001, seconds, 1e6, 1.0))
        for one, seconds in zip(pool.members, batch_seconds, strict=True)
    ]
    return replace(pool, members=tuple(members))


def budget_of(pool: Pool, most: Costs | None = None) -> Costs:
    """Return what models of the pool may cost."""
    return worthwhile_budget(pool, USUAL, most or Costs(), deadline=Deadline())


def test_usual_budget_is_kept_if_slow_models_are_no_better() -> None:
    assert budget_of(pool_with_costs(0.1, 0.1, 1.0, skills=(1.0, 1.0, 0.2))) == USUAL


def test_usual_budget_is_kept_if_the_gain_could_be_chance() -> None:
    pool = pool_with_costs(0.2, 1.0, skills=(1.0, 1.0), rows=60)
    quick = pool.oof[0]
    noise = np.random.default_rng(3).normal(0, 0.3, quick.shape)
    slow = quick * np.exp(noise)
    slow /= slow.sum(axis=1, keepdims=True)
    pool = replace(pool, oof=np.stack([quick, slow]))
    assert pool.score(slow) < (1 - 0.002) * pool.score(quick)  # It gains something.
    assert budget_of(pool) == USUAL


@pytest.mark.parametrize(("slow", "multiple"), [(1.0, 2), (4.0, 4), (16.0, 8)])
def test_budget_grows_until_the_better_model_fits(slow: float, multiple: int) -> None:
    assert budget_of(pool_with_costs(0.1, slow, skills=(0.2, 1.5))) == USUAL.times(multiple)


def test_model_beyond_the_highest_multiple_is_given_up() -> None:
    assert budget_of(pool_with_costs(0.1, 100.0, skills=(0.2, 1.5))) == USUAL


def test_refit_is_given_up_for_models_that_gain_more() -> None:
    pool = pool_with_costs(0.1, 0.1, skills=(0.2, 1.5))
    slow = replace(pool.members[1], costs=replace(pool.members[1].costs, fit_seconds=10.0))
    pool = replace(pool, members=(pool.members[0], slow))
    assert budget_of(pool) == replace(USUAL, fit_seconds=float("inf"))


def test_users_limits_and_the_time_to_fit_do_not_grow() -> None:
    pool = pool_with_costs(0.1, 16.0, skills=(0.2, 1.5))
    found = budget_of(pool, Costs(row_seconds=0.012))
    assert (found.row_seconds, found.fit_seconds) == (0.012, USUAL.fit_seconds)
    assert found.batch_seconds == 64 * USUAL.batch_seconds
