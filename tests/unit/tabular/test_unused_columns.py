"""Tests of predictors whose model does not use all columns."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Column, FeatureSchema, Problem
from podium_ml.errors import SchemaError
from podium_ml.explanation.permutation_importance import permutation_losses
from podium_ml.files import pickles
from podium_ml.kinds import KINDS
from podium_ml.models import BaggedModel, FoldModel, WeightedEnsemble, used_columns
from podium_ml.run.budget import Deadline
from podium_ml.tabular.encoders import OrdinalEncoder
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.predictor import Predictor

ROWS = 80
COLUMNS = (
    Column("size", "numeric", "double"),
    Column("colour", "categorical", "string"),
    Column("born", "datetime", "timestamp[us]"),
    Column("sold", "datetime", "timestamp[us]"),
    Column("spare", "numeric", "double"),
    Column("price", "target", "double"),
)
PROBLEM = Problem("prices", "regression", "price", "rmse", COLUMNS)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    born = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), unit="D")
    return pd.DataFrame(
        {
            "size": rng.normal(size=ROWS),
            "colour": rng.choice(["red", "blue"], ROWS),
            "born": born,
            "sold": born + pd.to_timedelta(rng.integers(1, 900, ROWS), unit="D"),
            "spare": rng.normal(size=ROWS),
        }
    )


def make_model(featurizer: Featurizer, table: pd.DataFrame, *sources: str) -> BaggedModel:
    from sklearn.tree import DecisionTreeRegressor

    X, y = featurizer.transform(table), np.arange(ROWS, dtype=float)
    encoder = OrdinalEncoder(featurizer.schema.of_sources(sources), task="regression")
    encoded = encoder.fit_transform(X, y)
    estimator = DecisionTreeRegressor(max_depth=4, random_state=0).fit(encoded, y)
    fold = FoldModel(encoder, estimator, 0, target_type="values")
    return BaggedModel("decision_tree", {}, (fold,))


def make_predictor(table: pd.DataFrame, *members: tuple[str, ...]) -> Predictor:
    featurizer = Featurizer.plan(PROBLEM, table)
    models = tuple(make_model(featurizer, table, *sources) for sources in members)
    model = models[0] if len(models) == 1 else WeightedEnsemble(models, (0.5,) * len(models))
    return Predictor(PROBLEM, featurizer, model, name="prices")


@pytest.mark.parametrize(
    ("members", "needed"),
    [
        ([("size",)], ("size",)),
        ([("size",), ("colour",)], ("size", "colour")),
        ([("born",)], ("born",)),
        # The days between both dates are a feature of the later one.
        ([("sold",)], ("born", "sold")),
    ],
)
def test_only_used_columns_are_needed(
    table: pd.DataFrame, members: list[tuple[str, ...]], needed: tuple[str, ...]
) -> None:
    predictor = make_predictor(table, *members)
    assert predictor.needed_columns == needed
    everything = predictor.predict(table)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(predictor.predict(table[list(needed)]), everything)
        assert list(predictor.check_schema(table[list(needed)])) == list(needed)
    with pytest.raises(SchemaError, match=needed[-1]):
        predictor.predict(table.drop(columns=needed[-1]))


def test_values_of_unused_columns_are_not_read(table: pd.DataFrame) -> None:
    predictor = make_predictor(table, ("size",))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predictor.predict(table.assign(spare="nonsense", born="never"))


def test_file_names_the_needed_columns(table: pd.DataFrame, tmp_path: Path) -> None:
    predictor = make_predictor(table, ("size",), ("spare",))
    before = predictor.predict(table)
    predictor.save(tmp_path / "model.pkl")
    assert pickles.read_metadata(tmp_path / "model.pkl")["columns"] == ["size", "spare"]
    assert np.array_equal(Predictor.load(tmp_path / "model.pkl").predict(table), before)


def test_another_model_needs_other_columns(table: pd.DataFrame) -> None:
    predictor = make_predictor(table, ("size",))
    predictor.predict(table)
    predictor.model = make_model(predictor.featurizer, table, "spare")
    assert predictor.needed_columns == ("spare",)


def test_used_columns() -> None:
    encoders = [OrdinalEncoder(FeatureSchema(()), task="binary"), object()]
    models = [BaggedModel("own", {}, (FoldModel(encoder, None, 2),)) for encoder in encoders]
    assert used_columns(models[0]) == frozenset()
    assert used_columns(models[1]) is None
    assert used_columns(object()) is None


def test_explanations_need_no_unused_columns(table: pd.DataFrame) -> None:
    predictor = make_predictor(table, ("size",))
    predictor.sample = table
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        found = predictor.explain(table[["size"]].head(3))
    assert (found[["colour", "spare"]] == 0).all(axis=None)
    assert found["size"].abs().sum() > 0


def test_unused_columns_are_not_shuffled_and_have_no_importance(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictor = make_predictor(table, ("size",), ("sold",))
    labelled = table.assign(price=np.arange(ROWS, dtype=float))
    seen: list[list[str]] = []
    monkeypatch.setattr(
        "podium_ml.explanation.measured_importance.permutation_losses",
        lambda model, *given, **named: (
            seen.append(model.columns) or permutation_losses(model, *given, **named)
        ),
    )
    found = KINDS["tabular"].explain(predictor, train=labelled, test=labelled, deadline=Deadline.after(60))
    assert seen == [["size", "sold"]]
    importance = {one.column: one.importance for one in found.columns}
    assert min(importance["size"], importance["sold"]) > 0
    assert [importance[name] for name in ("born", "colour", "spare")] == [0.0, 0.0, 0.0]
    assert {one.shap for one in found.columns if one.column in ("born", "colour", "spare")} == {0.0}
    assert predictor.featurizer.schema.sources != ("size", "sold")  # the model keeps its own
