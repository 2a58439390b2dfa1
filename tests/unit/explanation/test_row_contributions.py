"""Tests that the contributions add up to the prediction for every kind of model."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.explanation import contributions
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.sampled_shapley import sampled_shapley
from podium_ml.explanation.shapley import applies_tree, shapley_values
from podium_ml.explanation.tree_shapley import tree_shapley
from podium_ml.models import StackedEnsemble, WeightedEnsemble
from podium_ml.run.budget import Deadline
from podium_ml.targets._calibration import TemperatureCalibrator

TASKS = ("binary", "multiclass", "regression")
TREES = ("lightgbm", "xgboost", "catboost", "random_forest", "hist_gradient_boosting", "decision_tree")
SMALL = {
    "random_forest": {"n_estimators": 10},
    "catboost": {"depth": 3, "learning_rate": 0.3},
    "xgboost": {"max_depth": 3, "learning_rate": 0.3},
    "lightgbm": {"num_leaves": 7, "learning_rate": 0.3},
}


def check_sums(predictor, rows: pd.DataFrame) -> pd.DataFrame:
    found = contributions(predictor, rows)
    raw = predictor.predict_raw(rows)
    if predictor.problem.is_classification:
        codes = {label: code for code, label in enumerate(predictor.problem.classes)}
        raw = raw[np.arange(len(rows)), [codes[label] for label in predictor.predict(rows)]]
    assert list(found.columns) == [c.name for c in predictor.problem.features] + ["base", "output"]
    assert found.index.equals(rows.index)
    assert found["base"].nunique() <= max(1, len(predictor.problem.classes))
    np.testing.assert_allclose(found["output"], raw, rtol=1e-6)
    total = found.drop(columns="output").sum(axis=1)
    np.testing.assert_allclose(total, found["output"], rtol=1e-9, atol=1e-9)
    assert found["amount"].abs().mean() > 2 * found["noise"].abs().mean()
    return found


def linear(task: str) -> str:
    return "linear_regression" if task == "regression" else "logistic_regression"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("algorithm", TREES)
def test_tree_models_use_tree_shap(algorithm, task, fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted(algorithm, task, **SMALL.get(algorithm, {})), task)
    model, rows = ColumnModel(predictor), rows_of(task, rows=12, seed=5)
    assert applies_tree(model, Deadline())
    background = model.features(predictor.sample)
    found = shapley_values(
        model, model.features(rows), background=background, walks=4, seed=0, deadline=Deadline()
    )
    assert found is not None
    assert found.method == "tree"
    check_sums(predictor, rows)


def test_tree_shap_matches_sampling(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("lightgbm", "binary", **SMALL["lightgbm"]), "binary")
    model, rows = ColumnModel(predictor), rows_of("binary", rows=40, seed=6)
    X, background = model.features(rows), model.features(predictor.sample)
    by_tree = tree_shapley(model, X, background=background, deadline=Deadline())
    by_walks = sampled_shapley(model, X, background=background, walks=100, seed=0, deadline=Deadline())
    for column in range(len(model.columns)):
        one, other = by_tree.values[:, column, 1], by_walks.values[:, column, 1]
        assert np.abs(one - other).mean() < 0.05
    assert np.corrcoef(by_tree.values[..., 1].ravel(), by_walks.values[..., 1].ravel())[0, 1] > 0.97
    np.testing.assert_allclose(by_tree.base, by_walks.base, atol=0.02)


@pytest.mark.parametrize("task", TASKS)
def test_linear_model_contributions_add_up(task, fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted(linear(task), task), task)
    assert not applies_tree(ColumnModel(predictor), Deadline())
    check_sums(predictor, rows_of(task, rows=10, seed=5).set_index(pd.RangeIndex(5, 15)))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", ["trees", "mixed"])
def test_weighted_ensemble_contributions_add_up(kind, task, fitted, predictor_of, rows_of):
    other = "xgboost" if kind == "trees" else linear(task)
    members = (
        fitted("lightgbm", task, **SMALL["lightgbm"]),
        fitted(other, task, **SMALL.get(other, {})),
    )
    predictor = predictor_of(WeightedEnsemble(members, (0.7, 0.3)), task)
    assert applies_tree(ColumnModel(predictor), Deadline()) == (kind == "trees")
    check_sums(predictor, rows_of(task, rows=10, seed=5))


def test_stacked_ensemble_contributions_add_up(fitted, predictor_of, rows_of):
    from sklearn.linear_model import LogisticRegression

    from podium_ml.targets import TARGETS

    members = tuple(fitted(name, "binary", **SMALL.get(name, {})) for name in ("lightgbm", "xgboost"))
    rows = rows_of("binary")
    X = predictor_of(members[0], "binary").featurizer.transform(rows)
    inputs = TARGETS["labels"].meta_features([member.predict_raw(X) for member in members])
    meta = LogisticRegression().fit(inputs, (rows["target"] == "yes").astype(int))
    check_sums(predictor_of(StackedEnsemble(members, meta, 2), "binary"), rows_of("binary", rows=10, seed=5))


@pytest.mark.parametrize("algorithm", ["lightgbm", "logistic_regression"])
@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_calibrated_and_thresholded_contributions_add_up(algorithm, task, fitted, predictor_of, rows_of):
    model = fitted(algorithm, task, **SMALL.get(algorithm, {}))
    threshold = 0.2 if task == "binary" else None
    predictor = predictor_of(model, task, calibrator=TemperatureCalibrator(2.0), threshold=threshold)
    found = check_sums(predictor, rows_of(task, rows=30, seed=5))
    assert task == "multiclass" or found["output"].min() < 0.5


def test_all_rows_share_one_base(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("linear_regression", "regression"), "regression")
    assert check_sums(predictor, rows_of("regression", rows=250, seed=5))["base"].nunique() == 1


def test_short_deadline_gives_approximate_contributions(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("linear_regression", "regression"), "regression")
    rows = rows_of("regression", rows=20, seed=5)
    found = contributions(predictor, rows, background=rows.head(5), seconds=1e-6)
    np.testing.assert_allclose(found.drop(columns="output").sum(axis=1), found["output"])


def test_no_rows_give_no_contributions(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("linear_regression", "regression"), "regression")
    found = predictor.explain(rows_of("regression").head(0))
    assert found.empty
    assert list(found.columns)[-2:] == ["base", "output"]
