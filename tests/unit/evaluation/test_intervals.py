"""Simulations of how often intervals cover the true score; see also ``tests/benchmark/interval_coverage.py``."""

import numpy as np
import pytest

from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.metrics import METRICS, resolve_metric
from podium_ml.run.budget import Deadline
from tests.benchmark.interval_coverage import Case, classes, simulate, values

TABLES = 80
# Three standard errors of a share of 95 % in as many tables.
LOWEST = 0.95 - 0.075


def check(case):
    for name, (share, intervals, empty) in simulate(case, tables=TABLES, large=50_000).items():
        assert intervals > 0.5 * TABLES, name
        assert share > LOWEST, (name, share)
        assert empty == 0, name


@pytest.mark.parametrize(("rows", "share"), [(30, 0.5), (150, 0.1)])
def test_intervals_of_classes_cover_the_true_score(rows, share):
    metrics = ("recall", "f1", "roc_auc", "brier")
    check(Case("rows", "binary", metrics, classes(share), rows, min(0.5, 1.5 * share)))


def test_intervals_of_values_cover_the_true_score():
    check(Case("rows", "regression", ("rmse", "r2"), values("normal"), 40))


def test_intervals_of_twenty_groups_cover_the_true_score():
    check(Case("groups", "binary", ("accuracy", "roc_auc"), classes(0.4, effect=3.0, size=20), 20))
    check(Case("groups", "regression", ("mae", "bias"), values("normal", effect=2.0, size=10), 20))


def test_intervals_of_ordered_rows_cover_the_true_score():
    check(Case("time", "regression", ("rmse", "bias"), values("normal", effect=2.0, moving=0.7), 250))


@pytest.mark.parametrize(("right", "total"), [(30, 30), (0, 30), (27, 30), (812, 1000)])
def test_shares_have_the_interval_of_wilson(right, total):
    from scipy.stats import binomtest

    y = np.arange(total) % 2
    raw = np.eye(2)[np.where(np.arange(total) < right, y, 1 - y)]
    found = Bootstrap(Targets(y=y), seed=0, deadline=Deadline()).measure(
        resolve_metric("accuracy", "binary"), Answer(raw)
    )
    known = binomtest(right, total).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


@pytest.mark.parametrize("name", ["accuracy", "f1", "roc_auc", "mcc", "recall", "brier", "average_precision"])
def test_perfect_score_has_a_width(name):
    y = np.arange(40) % 2
    found = Bootstrap(Targets(y=y), seed=0, deadline=Deadline()).measure(
        METRICS[name].for_task("binary"), Answer(np.eye(2)[y])
    )
    assert found.high - found.low > 0.02
    assert found.low <= found.value <= found.high


def test_score_that_cannot_vary_has_no_interval():
    y = np.arange(60) % 2
    bootstrap = Bootstrap(Targets(y=y), seed=0, deadline=Deadline())
    found = bootstrap.measure(resolve_metric("roc_auc", "binary"), Answer(np.full((60, 2), 0.5)))
    assert (found.value, found.low) == (0.5, None)
    assert "the same on every sample" in found.reason


def test_too_few_rows_of_a_class_are_said():
    y = np.r_[np.zeros(100, dtype=int), np.ones(9, dtype=int)]
    raw = np.random.default_rng(0).dirichlet([1, 1], len(y))
    bootstrap = Bootstrap(Targets(y=y), seed=0, deadline=Deadline())
    found = bootstrap.measure(resolve_metric("roc_auc", "binary"), Answer(raw))
    assert found.low is None
    assert "too few rows: 9 rows of the rarer class" in found.reason
    assert bootstrap.measure(resolve_metric("accuracy", "binary"), Answer(raw)).low is not None


def test_too_few_groups_are_said():
    y = np.random.default_rng(0).normal(size=80)
    bootstrap = Bootstrap(Targets(y=y, group=np.arange(80) // 20), seed=0, deadline=Deadline())
    found = bootstrap.measure(resolve_metric("rmse", "regression"), Answer(y + 1))
    assert found.low is None
    assert "too few groups: 4" in found.reason


def test_many_rows_in_groups_are_sampled_by_group():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(500), 60)
    y = random.normal(size=500)[group] + random.normal(size=30_000)
    bootstrap = Bootstrap(Targets(y=y, group=group), seed=0, deadline=Deadline())
    found = bootstrap.measure(METRICS["bias"], Answer(np.zeros(30_000)))
    assert found.high - found.low == pytest.approx(2 * 1.96 / np.sqrt(500), rel=0.3)
