"""Ensembles of forecasts are drawn towards averages that do not depend on chance."""

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.ensembling import Costs, Pool, PoolMember
from podium_ml.ensembling._weighted import select_weights
from podium_ml.forecasting.levels import LEVELS
from podium_ml.metrics import METRICS
from podium_ml.run.budget import Deadline
from podium_ml.targets import target_of

PROBLEM = Problem(name="p", task="forecasting", target="y", metric="mase", columns=(), kind="forecasting")
NAMES = ("theta", "ets", "ets", "drift", "baseline")
SPREAD = (1.0, 1.05, 1.1, 8.0, 2.0)


def pool(*, windows: int = 5, metric: str = "mase", costs: float = 0.1) -> Pool:
    """Return a pool whose members' errors have other deviations."""
    rng, rows = np.random.default_rng(0), 12 * windows
    y = np.column_stack([rng.normal(50, 5, rows), np.ones((rows, 2))])
    points = [y[:, 0] + rng.normal(0, spread, rows) for spread in SPREAD]
    oof = np.stack([np.repeat(point[:, None], 1 + len(LEVELS), axis=1) for point in points])
    unit = np.arange(rows) // 12
    folds = [(np.flatnonzero(unit != one), np.flatnonzero(unit == one)) for one in range(windows)]
    scorer = METRICS[metric]
    members = tuple(
        PoolMember(name, at, scorer.score(y, one), True, Costs(row_seconds=costs))
        for at, (name, one) in enumerate(zip(NAMES, oof, strict=True))
    )
    return Pool(
        members, oof, np.arange(rows), y, None, folds, scorer, target_of(PROBLEM), rows, problem=PROBLEM
    )


def weights_of(one: Pool, **options: float) -> np.ndarray:
    return select_weights(one, np.arange(len(one.rows)), budget=Costs(**options), deadline=Deadline())


def test_good_members_of_all_algorithms_take_part_and_bad_ones_do_not() -> None:
    weights = weights_of(pool())
    assert weights.sum() == pytest.approx(1.0)
    assert weights[0] > 0.15
    assert weights[1] + weights[2] > 0.15
    assert weights[3] == 0


def test_the_baseline_has_a_share_that_is_greater_where_windows_are_few() -> None:
    few, many = weights_of(pool(windows=2))[-1], weights_of(pool(windows=20))[-1]
    assert few >= 1 / 7
    assert 0.03 < many < few


def test_members_stay_within_the_budget() -> None:
    assert (weights_of(pool(), row_seconds=0.25) > 0).sum() <= 2


def test_metrics_that_are_better_when_greater_keep_the_greedy_weights() -> None:
    weights = weights_of(pool(metric="coverage"))
    assert weights.sum() == pytest.approx(1.0)
