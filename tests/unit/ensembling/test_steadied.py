"""Ensembles of forecasts are drawn towards averages that do not depend on chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.ensembling import Costs, Pool, PoolMember, build_weighted
from podium_ml.ensembling._by_group import weigh_groups
from podium_ml.ensembling._weighted import select_weights
from podium_ml.forecasting.levels import LEVELS
from podium_ml.metrics import METRICS
from podium_ml.models import GroupWeights
from podium_ml.run.budget import Deadline
from podium_ml.targets import TARGETS, target_of

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


def test_a_hard_window_does_not_decide_alone() -> None:
    """The second member is better in all windows but one, in which all errors are large."""
    one = pool()
    one.oof[:] = one.y[:, :1]
    for member, (easy, hard) in enumerate([(1.0, 40.0), (0.5, 44.0), (5.0, 90.0), (5.0, 90.0), (2.0, 60.0)]):
        one.oof[member] += np.where(np.arange(len(one.y)) < 12, hard, easy)[:, None]
    weights = weights_of(one)
    assert weights[1] > weights[0]


def test_the_baseline_has_a_share_that_is_greater_where_windows_are_few() -> None:
    few, many = weights_of(pool(windows=2))[-1], weights_of(pool(windows=20))[-1]
    assert few >= 1 / 7
    assert 0.03 < many < few


def test_members_stay_within_the_budget() -> None:
    assert (weights_of(pool(), row_seconds=0.25) > 0).sum() <= 2


def test_metrics_that_are_better_when_greater_keep_the_greedy_weights() -> None:
    weights = weights_of(pool(metric="coverage"))
    assert weights.sum() == pytest.approx(1.0)


def series_pool(*, series: int = 6, windows: int = 4) -> Pool:
    """Return a pool of two forecasters, each of which is good for half of the series."""
    rng, horizon = np.random.default_rng(1), 8
    group = np.tile(np.repeat(np.arange(series), horizon), windows)
    unit = np.repeat(np.arange(windows), series * horizon)
    y = np.column_stack([rng.normal(50, 5, len(group)), np.ones((len(group), 2))])
    spreads = (np.where(group < series // 2, 0.5, 3.0), np.where(group < series // 2, 3.0, 0.5))
    points = [y[:, 0] + spread * rng.normal(size=len(group)) for spread in spreads]
    oof = np.stack([np.repeat(point[:, None], 1 + len(LEVELS), axis=1) for point in points])
    folds = [(np.flatnonzero(unit != one), np.flatnonzero(unit == one)) for one in range(windows)]
    metric, problem = METRICS["mase"], replace(PROBLEM, group_column="series")
    members = tuple(
        PoolMember(name, 0, metric.score(y, one), True)
        for name, one in zip(("theta", "ets"), oof, strict=True)
    )
    rows = np.arange(len(group))
    return Pool(
        members,
        oof,
        rows,
        y,
        None,
        folds,
        metric,
        target_of(problem),
        len(rows),
        problem=problem,
        group=group,
    )


def test_each_series_gets_weights_of_its_own() -> None:
    one = series_pool()
    ensemble, oof, by_group = build_weighted(one, deadline=Deadline())
    assert by_group is not None
    assert by_group.codes.tolist() == list(range(6))
    np.testing.assert_allclose(by_group.weights.sum(axis=1), 1.0, rtol=1e-5)
    assert (by_group.weights[:3, 0] > 0.6).all()
    assert (by_group.weights[3:, 1] > 0.6).all()
    usual = np.array([member.weight for member in ensemble.members])
    assert ensemble.score == pytest.approx(one.metric.score(one.y, oof.values))
    assert ensemble.score < 0.95 * one.score(one.target.mix(usual, list(one.oof)))


@pytest.mark.parametrize(("windows", "bias", "first"), [(4, 0.3, False), (4, 0.0, True), (2, 0.3, True)])
def test_an_ensemble_that_is_worse_in_every_window_does_not_go_first(
    windows: int, bias: float, first: bool
) -> None:
    one = series_pool(windows=windows)
    one.oof[0] = one.y[:, :1] + 3
    one.oof[1] = one.oof[0] + bias
    ensemble, _, _ = build_weighted(one, deadline=Deadline())
    assert ensemble.goes_first == first


@pytest.mark.parametrize("windows", [1, 4])
def test_a_member_that_explodes_in_a_series_is_not_used_there(windows: int) -> None:
    one = series_pool(windows=windows)
    one.oof[0, one.group == 5] += 1e4
    found = weigh_groups(one, np.array([0.5, 0.5]), one.rows)
    assert found is not None
    assert found.weights[5].tolist() == [0.0, 1.0]
    assert (found.weights[:5] > 0).all()


def test_weights_of_few_windows_stay_near_those_of_all() -> None:
    few, many = (build_weighted(series_pool(windows=windows), deadline=Deadline())[2] for windows in (3, 10))
    assert few is not None
    assert many is not None
    assert few.weights[0, 0] < many.weights[0, 0]


def test_an_ensemble_predicts_by_series() -> None:
    found = GroupWeights("series", np.array([3, 7]), np.array([[1.0, 0.0], [0.25, 0.75]]))
    usual = np.array([0.5, 0.5])
    X = pd.DataFrame({"series": [7.0, 3.0, 5.0]})
    weights = found.of_rows(X, usual)
    np.testing.assert_allclose(weights, [[0.25, 0.75], [1.0, 0.0], usual])
    raws = [np.full((3, 10), 10.0), np.full((3, 10), 20.0)]
    mixed = TARGETS["future_values"].mix_rows(weights, raws)
    np.testing.assert_allclose(mixed[:, 0], [17.5, 10.0, 15.0])
    assert (np.diff(mixed[:, 1:], axis=1) >= 0).all()
