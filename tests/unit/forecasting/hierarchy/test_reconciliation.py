"""Tests of forecasts that add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium_ml.contracts.targets import Targets
from podium_ml.forecasting.hierarchy.reconciliation import Reconciliation, choose_reconciliation
from podium_ml.forecasting.hierarchy.tree import ALL, Tree, labels_of_sums

LEAVES = [("N", "a"), ("N", "b"), ("S", "a"), ("S", "c"), ("W", "a")]
LABELS = LEAVES + labels_of_sums(LEAVES, ["state", "city"], ["state"])
TREE = Tree.of(LABELS)
# Rows: the sums; columns: the single series.
ADDS = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0]])
NEVER = np.zeros(len(LABELS), dtype=bool)


def test_sums_are_of_all_and_of_the_first_columns():
    assert LABELS[len(LEAVES) :] == [(ALL, ALL), ("N", ALL), ("S", ALL)]
    assert list(TREE.sums) == [5, 6, 7]
    values = np.arange(8.0)
    np.testing.assert_array_equal(TREE.add(values)[5:], ADDS @ values[:5])
    assert not Tree.of(LEAVES)
    assert labels_of_sums([("a",)], ["shop"], []) == []


@given(st.integers(0, 1000))
def test_forecasts_add_up_and_stay_never_negative(seed):
    random = np.random.default_rng(seed)
    points = random.normal(0, 10.0 ** random.integers(-3, 6), (8, 4))
    square = random.normal(size=(8, 8))
    for weights in (None, random.uniform(0.1, 5, 8), square @ square.T + 0.1 * np.eye(8)):
        method = {None: "bottom_up"}.get(weights if weights is None else 0, "variances")
        for never in (NEVER, ~NEVER):
            found = Reconciliation(method, weights).reconcile(points, TREE, never_negative=never)
            np.testing.assert_allclose(found[5:], ADDS @ found[:5], atol=1e-6 * np.abs(points).max())
            assert not never.any() or (found >= 0).all()


def test_least_change_is_that_of_the_closed_form():
    random = np.random.default_rng(0)
    points, square = random.normal(size=(8, 3)), random.normal(size=(8, 8))
    weights = square @ square.T + np.eye(8)
    S = np.vstack([np.eye(5), ADDS])
    inverse = np.linalg.inv(weights)
    expected = S @ np.linalg.inv(S.T @ inverse @ S) @ S.T @ inverse @ points
    found = Reconciliation("covariances", weights).reconcile(points, TREE, never_negative=NEVER)
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("noisy", ["leaves", "sums"])
def test_method_is_chosen_by_earlier_errors(noisy):
    """Noisy single series gain from good sums; bad sums must not spoil good series."""
    random, horizon, windows = np.random.default_rng(1), 12, 4
    steps = np.tile(np.arange(horizon * windows), (8, 1))
    true = TREE.add(
        np.vstack([random.normal(100, 5, (5, horizon * windows)), np.zeros((3, horizon * windows))])
    )
    size = np.where(TREE.is_sum, 60.0 if noisy == "sums" else 0.5, 20.0 if noisy == "leaves" else 0.5)
    point = true + random.normal(size=true.shape) * size[:, None]
    codes = np.repeat(np.arange(8), horizon * windows)
    y = np.column_stack([true.ravel(), np.full(true.size, 10.0), np.full(true.size, 10.0)])
    targets = Targets(y=y, group=codes, time=steps.ravel())
    window = steps.ravel() // horizon
    folds = [(np.flatnonzero(window != one), np.flatnonzero(window == one)) for one in range(windows)]
    raw = np.repeat(point.ravel()[:, None], 3, axis=1)
    found = choose_reconciliation(raw, targets, TREE, folds=folds)
    assert noisy == "sums" or found.method != "bottom_up"
    better = found.reconcile(point, TREE, never_negative=NEVER)
    assert np.abs(better - true).mean() < 0.9 * np.abs(point - true).mean()
    assert choose_reconciliation(raw, targets, TREE, folds=[]).method == "bottom_up"
