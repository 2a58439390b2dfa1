"""Tests of the cheap importance, for every algorithm of the registry and for ensembles."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from podium_ml.contracts import ModelImportance, ModelImportances
from podium_ml.explanation import cheap_importance
from podium_ml.explanation.own_importance import own_importance
from podium_ml.models import FoldModel, StackedEnsemble, WeightedEnsemble
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.features import Featurizer

QUICK = {
    "neural_network": {"epochs": 8, "width": 32},
    "tabm": {"epochs": 8, "width": 32, "members": 4},
    "random_forest": {"n_estimators": 10},
    "extra_trees": {"n_estimators": 10},
    "catboost": {"depth": 3, "learning_rate": 0.3},
    "xgboost": {"max_depth": 3, "learning_rate": 0.3},
    "lightgbm": {"num_leaves": 7, "learning_rate": 0.3},
}
# Algorithms that report no gains and no coefficients.
SILENT = {
    "bag_of_words_network",
    "baseline",
    "explainable_boosting_machine",
    "hist_gradient_boosting",
    "kernel_svm",
    "naive_bayes",
    "nearest_neighbors",
    "neural_network",
    "tabm",
    "text_convolutional_network",
}
# The table has no pictures, and no text that the user's own weights could read.
ABLE = [name for name, spec in ALGORITHMS.items() if spec.reads != "image" and not spec.weights]


def task_of(algorithm: str) -> str:
    return "binary" if "binary" in ALGORITHMS[algorithm].tasks else "regression"


@pytest.fixture(scope="session")
def features_for(rows_of):
    """Return a function that returns features and their schema."""
    from tests.unit.explanation.conftest import make_problem

    def make(task: str):
        table = rows_of(task)
        featurizer = Featurizer.plan(make_problem(task, table), table)
        return featurizer.transform(table), featurizer.schema

    return make


@pytest.mark.parametrize("algorithm", sorted(ABLE))
def test_every_algorithm_has_a_cheap_importance(algorithm, fitted, features_for):
    if not ALGORITHMS[algorithm].is_available():
        pytest.skip("not installed")
    task = task_of(algorithm)
    X, schema = features_for(task)
    model = fitted(algorithm, task, **QUICK.get(algorithm, {}))
    found = cheap_importance(model, X, schema=schema, seconds=60)
    assert found.kind == "movement"
    assert found.rows == 100
    assert set(found.shares) == {"amount", "noise", "purpose", "since", "member"}
    if algorithm == "baseline":
        assert not any(found.shares.values())
        return
    assert "amount" in list(found.shares)[:2]
    assert sum(found.shares.values()) == pytest.approx(1)
    own = own_importance(model, {feature.name: feature.source for feature in schema.features})
    assert (own is None) == (algorithm in SILENT)
    assert own is None or own["amount"] > own["noise"]


def test_ensembles_have_a_cheap_importance(fitted, features_for, rows_of):
    from sklearn.linear_model import LogisticRegression

    X, schema = features_for("binary")
    members = tuple(fitted(name, "binary", **QUICK.get(name, {})) for name in ("lightgbm", "xgboost"))
    inputs = members[0].folds[0].target.meta_features([one.predict_raw(X) for one in members])
    meta = LogisticRegression().fit(inputs, (rows_of("binary")["target"] == "yes").astype(int))
    for model in (WeightedEnsemble(members, (0.7, 0.3)), StackedEnsemble(members, meta, 2)):
        assert next(iter(cheap_importance(model, X, schema=schema, seconds=60).shares)) == "amount"
        own = own_importance(model, {feature.name: feature.source for feature in schema.features})
        assert next(iter(own)) == "amount"


def test_slow_models_say_what_they_rely_on_themselves(fitted, features_for):
    X, schema = features_for("binary")
    found = cheap_importance(fitted("lightgbm", "binary", **QUICK["lightgbm"]), X, schema=schema, seconds=0)
    assert found.kind == "own"
    assert next(iter(found.shares)) == "amount"


def test_slow_models_without_own_numbers_predict_a_few_rows(fitted, features_for):
    X, schema = features_for("binary")

    class Slow:
        def predict_raw(self, rows):
            time.sleep(1e-4 * len(rows))
            return fitted("naive_bayes", "binary").predict_raw(rows)

    found = cheap_importance(Slow(), X, schema=schema, seconds=0)
    assert (found.kind, found.rows) == ("movement", 5)


def test_models_of_other_things_than_features_have_no_numbers_of_their_own():
    estimator = SimpleNamespace(coef_=np.ones(2))
    fold = FoldModel(encoder=object(), estimator=estimator, n_classes=0)
    assert own_importance(fold, {"a": "a"}) is None


def test_importances_can_be_saved(tmp_path):
    saved = ModelImportances({"lightgbm": ModelImportance("movement", {"amount": 1.0}, rows=100)})
    saved.save(tmp_path / "importances.json")
    assert ModelImportances.load(tmp_path / "importances.json") == saved
