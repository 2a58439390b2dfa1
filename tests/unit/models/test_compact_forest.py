"""Tests of forests as a few arrays."""

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from podium_ml.explanation.tree_margins import count_leaves, tree_explainer
from podium_ml.models import compact_forest
from podium_ml.models.compact_forest import CompactForest, compact

KINDS = (RandomForestClassifier, ExtraTreesClassifier, RandomForestRegressor, ExtraTreesRegressor)
CASES = [(kind, classes) for kind in KINDS for classes in ((0,) if "Regressor" in kind.__name__ else (2, 3))]


def grow(kind: Any, classes: int, *, rows: int = 400, **parameters: Any) -> tuple[Any, np.ndarray]:
    """Return a forest, and rows with missing values, infinite values and values near its thresholds."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 6)).astype(np.float32).round(2)
    X[rng.random(X.shape) < 0.1] = np.nan
    signal = np.nan_to_num(X[:, 0]) + rng.normal(size=rows)
    y = (
        signal + 1e7
        if not classes
        else np.digitize(signal, np.quantile(signal, np.arange(1, classes) / classes))
    )
    forest = kind(12, random_state=0, **parameters).fit(X, y, sample_weight=rng.random(rows))
    thresholds = np.concatenate([tree.tree_.threshold for tree in forest.estimators_]).astype(np.float32)
    near = rng.choice(thresholds[np.isfinite(thresholds)], (200, 6))
    near[::2] = np.nextafter(near[::2], np.float32(np.inf))
    return forest, np.concatenate([X, near, [[1e30] * 6, [-1e30] * 6]]).astype(np.float32)


def predictions(forest: Any, X: np.ndarray) -> np.ndarray:
    return forest.predict_proba(X) if hasattr(forest, "classes_") else forest.predict(X)


@pytest.mark.parametrize(("kind", "classes"), CASES)
def test_predicts_like_scikit_learn(kind: Any, classes: int) -> None:
    forest, X = grow(kind, classes)
    small = compact(forest)
    np.testing.assert_allclose(predictions(small, X), predictions(forest, X), rtol=1e-6, atol=1e-7)
    assert predictions(small, X[:0]).shape == predictions(forest, X[:1])[:0].shape
    np.testing.assert_array_equal(small.feature_importances_, forest.feature_importances_)
    assert small.n_leaves == sum(tree.tree_.n_leaves for tree in forest.estimators_)


@pytest.mark.parametrize(("kind", "classes"), CASES)
def test_rows_and_threads_do_not_matter(kind: Any, classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    forest, X = grow(kind, classes)
    small = compact(forest)
    together = predictions(small, X)
    np.testing.assert_array_equal(
        np.concatenate([predictions(small, X[[at]]) for at in range(30)]), together[:30]
    )
    monkeypatch.setattr(compact_forest, "_FEWEST_ROWS_A_THREAD", 100)
    monkeypatch.setenv("PODIUM_THREADS", "3")
    np.testing.assert_array_equal(predictions(small, X), together)


@pytest.mark.parametrize(("kind", "classes"), CASES)
def test_file_is_small_and_predicts_the_same(kind: Any, classes: int) -> None:
    forest, X = grow(kind, classes)
    small = compact(forest)
    expected = predictions(small, X)
    written = pickle.dumps(small)
    assert len(written) < len(pickle.dumps(forest)) / 5
    np.testing.assert_array_equal(predictions(pickle.loads(written), X), expected)


@pytest.mark.parametrize(("kind", "classes"), CASES)
def test_keeps_every_node(kind: Any, classes: int) -> None:
    """The values and weights of inner nodes are not stored, but follow from those of the leaves."""
    forest, _ = grow(kind, classes)
    for whole, tree in zip(compact(forest).trees(), forest.estimators_, strict=True):
        last = 1 if classes == 2 else 0
        assert len(whole.left) == tree.tree_.node_count
        np.testing.assert_allclose(whole.weight[0], tree.tree_.weighted_n_node_samples[0], rtol=1e-5)
        np.testing.assert_allclose(
            np.sort(whole.weight), np.sort(tree.tree_.weighted_n_node_samples), rtol=1e-5
        )
        np.testing.assert_allclose(
            np.sort(whole.values[:, 0]), np.sort(tree.tree_.value[:, 0, last]), rtol=1e-5, atol=1e-6
        )


def test_single_leaf_and_one_class() -> None:
    X, y = np.zeros((20, 2), dtype=np.float32), np.arange(20.0)
    assert compact(RandomForestRegressor(3, bootstrap=False).fit(X, y)).predict(X[:2]).tolist() == [9.5, 9.5]
    one = compact(RandomForestClassifier(3).fit(X, np.full(20, 4)))
    assert one.predict_proba(X[:2]).tolist() == [[1.0], [1.0]]
    assert one.predict(X[:2]).tolist() == [4, 4]


@pytest.mark.parametrize(("kind", "classes"), CASES)
def test_shapley_values_are_those_of_the_forest(kind: Any, classes: int) -> None:
    forest, X = grow(kind, classes, max_depth=4)
    small, rows = compact(forest), X[:20]
    assert isinstance(small, CompactForest)
    assert count_leaves(small) == count_leaves(forest)
    found, expected = tree_explainer(small)(small, rows), tree_explainer(forest)(forest, rows)  # type: ignore[misc]
    np.testing.assert_allclose(found.base, expected.base, rtol=1e-5)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.sums, predictions(small, rows).reshape(20, -1), rtol=1e-5, atol=1e-6)
