"""Tests of the complete explanation of a model, with and without a deadline."""

import math
import sys
import time

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Explanation, Problem
from podium_ml.explanation import explain
from podium_ml.explanation import shapley as shapley_module
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.models import StackedEnsemble
from podium_ml.run.budget import STARTED_VARIABLE, Deadline
from podium_ml.stages import explain_model
from podium_ml.tabular.predictor import Predictor

SMALL = {"num_leaves": 7, "learning_rate": 0.3}


@pytest.fixture
def predictor(fitted, predictor_of) -> Predictor:
    return predictor_of(fitted("lightgbm", "binary", **SMALL), "binary")


def explained(predictor: Predictor, train, test, seconds: float | None = None) -> Explanation:
    return explain(predictor, train=train, test=test, deadline=Deadline.after(seconds))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_importance_ranks_informative_columns_first(task, fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("lightgbm", task, **SMALL), task)
    found = explained(predictor, rows_of(task), rows_of(task, rows=150, seed=9))
    columns = {one.column: one for one in found.columns}
    assert found.columns[0].column == "amount"
    assert columns["amount"].importance > 3 * abs(columns["noise"].importance)
    assert columns["amount"].shap > columns["noise"].shap
    assert columns["amount"].std > 0
    assert list(columns) == sorted(columns, key=lambda name: -columns[name].importance)
    assert found.rows == 150
    assert found.shap_method == "permutation"
    assert not found.notes


def test_explanation_is_complete_and_can_be_saved(predictor, rows_of, tmp_path):
    found = explained(predictor, rows_of("binary"), rows_of("binary", rows=150, seed=9))
    found.save(tmp_path / "explanation.json")
    assert Explanation.load(tmp_path / "explanation.json").to_dict() == found.to_dict()
    assert {one.column for one in found.partial_dependence} == {
        "amount",
        "noise",
        "purpose",
        "since",
        "member",
    }
    assert len({example.row for example in found.examples}) == len(found.examples) >= 3
    strip = found.beeswarm[0]
    assert strip["label"] == "yes"
    assert len(strip["shap"]) == len(strip["value"]) >= 100
    by_column = {one["column"]: one for one in found.beeswarm}
    assert set(by_column["purpose"]["value"]) == {None}
    known = [value for value in by_column["amount"]["value"] if value is not None]
    assert min(known) == 0
    assert max(known) == 1


def test_partial_dependence_follows_the_effect(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("linear_regression", "regression"), "regression")
    found = explained(predictor, rows_of("regression"), rows_of("regression", rows=80, seed=9))
    by_column = {one.column: one for one in found.partial_dependence}
    amount, purpose = by_column["amount"], by_column["purpose"]
    assert amount.labels == ("",)
    assert list(amount.grid) == sorted(amount.grid)
    assert np.all(np.diff(amount.values[0]) > 0)
    assert dict(zip(purpose.grid, purpose.values[0], strict=True))["car"] == max(purpose.values[0])
    assert all(isinstance(value, str) and value.startswith("202") for value in by_column["since"].grid)


def test_examples_match_their_titles(predictor, rows_of):
    test = rows_of("binary", rows=150, seed=9)
    found = {one.title: one for one in explained(predictor, rows_of("binary"), test).examples}
    sure, wrong = found["Most certain, and right"], found["Most certain, yet wrong"]
    assert sure.prediction == sure.truth == test["target"].iloc[sure.row]
    assert wrong.prediction != wrong.truth
    assert abs(found["Closest call"].output - 0.5) < 0.2
    for one in found.values():
        assert one.base + sum(value for _, value in one.contributions) == pytest.approx(one.output, abs=1e-6)
    assert sure.inputs["purpose"] == test["purpose"].iloc[sure.row]


def test_training_rows_are_explained_without_test_set(predictor, rows_of):
    train = rows_of("binary")
    found = explained(predictor, train, train.head(0))
    assert found.rows == len(train)
    assert "no test set" in found.notes[0]


def test_rows_of_unknown_classes_are_left_out(predictor, rows_of):
    test = rows_of("binary", rows=60, seed=9)
    test.loc[:9, "target"] = "perhaps"
    assert explained(predictor, rows_of("binary"), test).rows == 50
    # All ten rows are left out, so the training rows are explained instead.
    assert explained(predictor, rows_of("binary"), test.head(10)).notes


def test_explanation_is_deterministic(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("logistic_regression", "multiclass"), "multiclass")
    train, test = rows_of("multiclass"), rows_of("multiclass", rows=60, seed=9)
    assert explained(predictor, train, test).to_dict() == explained(predictor, train, test).to_dict()


class Slow:
    """A model with slow predictions."""

    def __init__(self, model, seconds_per_row: float) -> None:
        self._model, self._seconds = model, seconds_per_row

    def predict_raw(self, X: pd.DataFrame) -> np.ndarray:
        time.sleep(self._seconds * len(X))
        return self._model.predict_raw(X)


@pytest.mark.parametrize("per_row", [1e-4, 3e-3])
def test_deadline_is_kept_for_slow_models(per_row, fitted, predictor_of, rows_of):
    predictor = predictor_of(Slow(fitted("linear_regression", "regression"), per_row), "regression")
    started = time.monotonic()
    found = explained(predictor, rows_of("regression"), rows_of("regression", rows=150, seed=9), seconds=2.5)
    assert time.monotonic() - started < 3.5
    assert found.columns
    assert found.columns[0].column == "amount"


def test_every_column_has_an_importance_even_after_the_deadline(fitted, predictor_of, rows_of):
    predictor = predictor_of(Slow(fitted("linear_regression", "regression"), 2e-3), "regression")
    found = explained(predictor, rows_of("regression"), rows_of("regression", rows=80, seed=9), seconds=0.01)
    assert found.columns[0].column == "amount"
    assert len(found.columns) == 5
    assert found.importance_kind == "movement"
    assert "too little time" in found.notes[0]
    assert found.shap_method == ""


def test_stand_in_explains_a_model_that_is_too_slow(fitted, predictor_of, rows_of):
    predictor = predictor_of(Slow(fitted("lightgbm", "binary", **SMALL), 6e-3), "binary")
    found = explained(predictor, rows_of("binary"), rows_of("binary", rows=150, seed=9), seconds=4)
    assert found.importance_kind == "stand_in"
    assert "stand-in" in found.notes[0]
    assert found.columns[0].column == "amount"
    assert len(found.columns) == 5
    assert found.columns[0].importance > 0.1  # in units of the metric
    assert found.shap_method
    assert found.partial_dependence


def test_failure_of_one_part_keeps_the_others(predictor, rows_of, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr(sys.modules["podium_ml.explanation.explain"], "partial_dependence", fail)
    found = explained(predictor, rows_of("binary"), rows_of("binary", rows=60, seed=9))
    assert "Explaining partial dependence failed: RuntimeError: no" in found.notes
    assert found.columns
    assert found.shap_method


def test_sampling_is_used_when_tree_shap_fails(predictor, rows_of, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr(shapley_module, "tree_shapley", fail)
    model = ColumnModel(predictor)
    X = model.features(rows_of("binary", rows=10, seed=9))
    found = shapley_module.shapley_values(model, X, background=X, walks=4, seed=0, deadline=Deadline())
    assert found.method == "permutation"


def test_numbers_in_text_and_text_columns(rows_of):
    from podium_ml.contracts import Column
    from podium_ml.kinds.features import build_feature_table
    from podium_ml.splits.folds import make_folds
    from podium_ml.tabular.algorithms import ALGORITHMS
    from podium_ml.tabular.features import Featurizer
    from tests.unit.fitting import train

    table = rows_of("regression").assign(
        amount=lambda t: t["amount"].map("${:,.1f}".format), noise="some words"
    )
    problem = Problem(
        name="texts",
        task="regression",
        target="target",
        metric="mae",
        columns=(
            Column("amount", "numeric", "string"),
            Column("noise", "text", "string"),
            Column("target", "target", "double"),
        ),
        fold_strategy="shuffled",
        n_folds=2,
        n_train=len(table),
    )
    featurizer = Featurizer.plan(problem, table)
    features = build_feature_table(featurizer, table, problem)
    model = train(
        ALGORITHMS["ridge"], {}, features, problem=problem, folds=make_folds(problem, y=features.y), seed=0
    ).model
    found = explained(Predictor(problem, featurizer, model, name="ridge"), table, table.head(50))
    assert [one.column for one in found.partial_dependence] == ["amount"]
    assert all(isinstance(value, float) for value in found.partial_dependence[0].grid)
    assert {one.column: one.importance for one in found.columns}["noise"] == 0


def test_features_of_a_column_are_shuffled_together(predictor, rows_of):
    model = ColumnModel(predictor)
    X = model.features(rows_of("binary", rows=20))
    since = model.columns.index("since")
    assert len(model.features_of[since]) > 1
    rows = np.tile(np.arange(20)[:, None], (1, len(model.columns)))
    rows[:, since] = np.arange(20)[::-1]
    mixed = model.mixed(X, rows)
    for name in X.columns:
        expected = X[name].iloc[::-1] if name in model.features_of[since] else X[name]
        assert mixed[name].astype(object).fillna("?").tolist() == expected.astype(object).fillna("?").tolist()


def test_stage_writes_json_and_html(predictor, rows_of, tmp_path):
    predictor.save(tmp_path / "model" / "model.pkl")
    rows_of("binary").to_parquet(tmp_path / "train")
    rows_of("binary", rows=50, seed=9).to_parquet(tmp_path / "test")
    facts = explain_model.run(
        model=str(tmp_path / "model"),
        train=str(tmp_path / "train"),
        test=str(tmp_path / "test"),
        explanation=str(tmp_path / "explanation"),
    )
    assert facts["columns"][0] == "amount"
    assert Explanation.load(tmp_path / "explanation" / "explanation.json").columns[0].column == "amount"
    assert "amount" in (tmp_path / "explanation" / "explanation.html").read_text(encoding="utf-8")


def test_late_stage_still_explains(monkeypatch):
    monkeypatch.setenv(STARTED_VARIABLE, str(time.time() - 1000))
    assert explain_model._deadline("60s", rows=1000).remaining() > 1
    assert explain_model._deadline("", rows=1000).remaining() == math.inf


def test_stage_notes_failed_explanation(predictor, rows_of, tmp_path):
    predictor.model = StackedEnsemble((), None, 2)
    predictor.save(tmp_path / "model" / "model.pkl")
    rows_of("binary").to_parquet(tmp_path / "train")
    facts = explain_model.run(
        model=str(tmp_path / "model"),
        train=str(tmp_path / "train"),
        test=str(tmp_path / "train"),
        explanation=str(tmp_path / "explanation"),
    )
    assert "could not be explained" in facts["notes"][0]
