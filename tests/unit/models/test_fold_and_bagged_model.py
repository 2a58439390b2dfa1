"""Tests of fold models and bagged models."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from podium_ml.files import pickles
from podium_ml.models import BaggedModel, FoldModel
from podium_ml.targets import TARGETS


def rows(seed: int = 0, n: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    return X, (X["a"] > 0).to_numpy(dtype=np.int64) + (X["b"] > 1)


def fold_model(seed: int, *, without: int | None = None) -> FoldModel:
    """Return a model fitted on three classes, or on the other two if ``without`` is given."""
    X, y = rows(seed)
    known = y != without
    scaler = StandardScaler().fit(X[known])
    return FoldModel(scaler, LogisticRegression().fit(scaler.transform(X[known]), y[known]), n_classes=3)


@pytest.mark.parametrize("without", [None, 0, 1, 2])
def test_predictions_have_one_column_per_class(without: int | None) -> None:
    X, _ = rows(9)
    raw = fold_model(0, without=without).predict_raw(X)
    assert raw.shape == (60, 3)
    assert raw.dtype == np.float64
    np.testing.assert_allclose(raw.sum(axis=1), 1.0)
    if without is not None:
        assert (raw[:, without] == 0).all()


def test_bag_predicts_the_mean_of_its_folds() -> None:
    folds = tuple(fold_model(seed) for seed in range(3))
    X, _ = rows(9)
    bag = BaggedModel("logistic_regression", {"C": 1.0}, folds)
    np.testing.assert_allclose(bag.predict_raw(X), np.mean([one.predict_raw(X) for one in folds], axis=0))


def test_bag_predicts_the_same_after_loading(tmp_path: Path) -> None:
    bag = BaggedModel("logistic_regression", {}, (fold_model(0), fold_model(1, without=2)))
    pickles.dump(bag, tmp_path / "bag.pkl", kind="bagged model")
    X, _ = rows(9)
    loaded = pickles.load(tmp_path / "bag.pkl", kind="bagged model")
    np.testing.assert_array_equal(loaded.predict_raw(X), bag.predict_raw(X))


def test_regression_predicts_one_value_per_row() -> None:
    X, _ = rows()
    y = X["a"].to_numpy() * 3
    scaler = StandardScaler().fit(X)
    model = FoldModel(scaler, LinearRegression().fit(scaler.transform(X), y[:, None]), n_classes=0)
    np.testing.assert_allclose(model.predict_raw(X), y)


class Erring(BaseEstimator):  # type: ignore[misc]
    """An estimator with invalid predictions, such as those caused by overflow."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.array([[np.nan, 1.0], [0.0, 0.0], [-1e-9, 1.0 + 1e-9], [2.0, 2.0]], dtype=np.float32)

    def predict(self, X: np.ndarray) -> np.ndarray:
        return np.array([np.inf, np.nan, -np.inf, 5.0])


def test_training_keeps_non_finite_predictions() -> None:
    X, _ = rows(n=4)
    raw = TARGETS["labels"].predict(Erring(), X, n_outputs=2)
    assert np.isnan(raw).any(axis=1).tolist() == [True, False, False, False]
    values = TARGETS["values"].predict(Erring(), X, n_outputs=1)
    assert np.isnan(values).tolist() == [True, True, True, False]


def test_fold_model_returns_only_finite_predictions() -> None:
    X, _ = rows(n=4)
    scaler = StandardScaler().fit(X)
    raw = FoldModel(scaler, Erring(), n_classes=2).predict_raw(X)
    np.testing.assert_allclose(raw, [[0.5, 0.5], [0.5, 0.5], [0.0, 1.0], [0.5, 0.5]])
    values = FoldModel(scaler, Erring(), n_classes=0, fallback=2.0).predict_raw(X)
    assert values.tolist() == [2.0, 2.0, 2.0, 5.0]
