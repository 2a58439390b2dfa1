"""Scores are those of forecasts that add up, as users get them."""

from types import SimpleNamespace

import numpy as np
import pytest

from podium_ml.contracts import Problem, SeriesTask
from podium_ml.contracts.targets import Targets
from podium_ml.forecasting.hierarchy.adding import Sums
from podium_ml.forecasting.hierarchy.reconciliation import Reconciliation
from podium_ml.forecasting.hierarchy.tree import Tree, labels_of_sums
from podium_ml.forecasting.levels import LEVELS
from podium_ml.metrics import METRICS
from podium_ml.targets import TARGETS

LEAVES = [(name,) for name in "abcd"]
LABELS = tuple(LEAVES + labels_of_sums(LEAVES, ["shop"], []))
TREE = Tree.of(LABELS)
HORIZON, WINDOWS = 6, 4


@pytest.fixture(scope="module")
def forecasts():
    """Return noisy forecasts of four series and a good one of their sum, by window."""
    random, steps = np.random.default_rng(0), np.arange(HORIZON * WINDOWS)
    true = TREE.add(np.vstack([random.normal(100, 5, (4, len(steps))), np.zeros(len(steps))]))
    point = true + random.normal(size=true.shape) * np.array([20.0] * 4 + [1.0])[:, None]
    ones = np.ones(true.size)
    targets = Targets(
        y=np.column_stack([true.ravel(), ones, ones]),
        group=np.repeat(np.arange(5), len(steps)),
        time=np.tile(steps, 5),
    )
    window = targets.time // HORIZON
    folds = [(np.flatnonzero(window != one), np.flatnonzero(window == one)) for one in range(WINDOWS)]
    return SimpleNamespace(
        raw=np.repeat(point.ravel()[:, None], 1 + len(LEVELS), axis=1), targets=targets, folds=folds
    )


def corrected(forecasts):
    series = SeriesTask(horizon=HORIZON, time_column="t", labels=LABELS)
    problem = Problem(
        "p", "forecasting", "y", "mase", (), kind="forecasting", target_type="future_values", series=series
    )
    return TARGETS["future_values"].correct(
        forecasts.raw, forecasts.targets, problem=problem, metric=METRICS["mase"], folds=forecasts.folds
    )


def added(raw):
    points = raw[:, 0].reshape(5, -1)
    return np.abs(points[:4].sum(axis=0) - points[4]).max()


def test_scored_forecasts_add_up_and_their_score_is_cross_fitted(forecasts):
    found, metric = corrected(forecasts), METRICS["mase"]
    applied = found.apply(forecasts.raw, forecasts.targets)
    assert added(forecasts.raw) > 5
    assert added(applied) < 1e-6
    before, after = (metric.score(forecasts.targets.y, raw) for raw in (forecasts.raw, applied))
    assert after <= found.score * 1.02
    assert found.score < before
    np.testing.assert_array_equal(found.calibrator.calibrate(forecasts.raw).shape, applied.shape)


def test_a_step_that_a_series_lacks_and_rows_without_forecast_stay_as_they_are(forecasts):
    kept = ~((forecasts.targets.group == 1) & (forecasts.targets.time == 3))
    raw, targets = forecasts.raw.copy(), forecasts.targets.of_rows(np.flatnonzero(kept))
    raw[forecasts.targets.time == 4] = np.nan
    sums = Sums.of(TREE, Reconciliation(), targets)
    found = sums.add_up(raw[kept], targets)
    same = np.isin(targets.time, (3, 4))
    np.testing.assert_array_equal(found[same], raw[kept][same])
    assert np.isfinite(found[targets.time != 4]).all()
    assert (found[(targets.group == 4) & ~same] != raw[kept][(targets.group == 4) & ~same]).all()


def test_nothing_to_forecast_is_no_fault(forecasts):
    none = np.full_like(forecasts.raw, np.nan)
    sums = Sums.of(TREE, Reconciliation(), forecasts.targets)
    assert np.isnan(sums.add_up(none, forecasts.targets)).all()
