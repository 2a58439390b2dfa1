import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.algorithms._boosting import known_classes, numbered

PROBLEM = Problem(name="t", task="binary", target="y", metric="log_loss", columns=(), classes=(False, True))


def test_known_classes_drops_labels_absent_from_training() -> None:
    y = np.array([0, 2, 2])
    X_valid, y_valid = np.arange(4)[:, None], np.array([0, 1, 2, 1])
    rows, labels = known_classes((X_valid, y_valid), y)
    assert rows[:, 0].tolist() == [0, 2]
    assert labels.tolist() == [0, 2]
    assert known_classes((X_valid[1:2], y_valid[1:2]), y) is None
    assert known_classes((X_valid[:0], y_valid[:0]), y) is None
    assert known_classes(None, y) is None


def test_known_classes_does_not_change_regression_targets() -> None:
    validation = (np.zeros((2, 1)), np.array([0.5, 1.5]))
    assert known_classes(validation, np.array([1.0, 2.0])) is validation


def test_numbered_names_columns_by_position() -> None:
    frame = pd.DataFrame(np.zeros((1, 2)), columns=["a,b", "a,b"])
    assert list(numbered(frame)) == ["feature_0", "feature_1"]
    assert numbered(np.zeros(1)).shape == (1,)


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost"])
def test_rows_with_missing_categories_are_predicted(name: str) -> None:
    """The encoder also turns unseen categories into missing values."""
    random = np.random.default_rng(0)
    dtype = pd.CategoricalDtype(["a", "b", "c"])
    X = pd.DataFrame(
        {"k": pd.Series(random.choice(["a", "b", "c"], 200), dtype=dtype), "n": random.normal(size=200)}
    )
    y = ((X["k"] == "a") ^ (X["n"] > 1)).to_numpy(dtype=np.int64)
    spec = ALGORITHMS[name]
    model = spec.fit_estimator(spec.build(PROBLEM, seed=0, n_jobs=1), X, y, deadline=Deadline.after(2))
    new = pd.DataFrame({"k": pd.Series([None, None, "a"], dtype=dtype), "n": [0.0, 0.0, np.nan]})
    probabilities = model.predict_proba(new)
    assert np.isfinite(probabilities).all()
    np.testing.assert_array_equal(probabilities[0], probabilities[1])


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_early_stopping_uses_the_validation_rows(name: str) -> None:
    random = np.random.default_rng(0)
    X, noise = random.normal(size=(300, 3)), random.integers(0, 2, 300)
    spec = ALGORITHMS[name]
    model = spec.build(PROBLEM, seed=0, n_jobs=1)
    spec.fit_estimator(model, X[:200], noise[:200], validation=(X[200:], noise[200:]))
    best = model.best_iteration_ if name == "lightgbm" else model.best_iteration
    assert best < 30, "nothing can be learned from noise"
