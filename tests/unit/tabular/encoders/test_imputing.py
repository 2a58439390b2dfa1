"""Tests that missing values are filled as the user asks, within the fold, in both forms of rows."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.settings import TabularProblem
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.features import FeatureRows, Featurizer
from podium_ml.tabular.validation.infer_problem import infer_problem


@pytest.fixture
def table():
    random = np.random.default_rng(0)
    rows = 60
    return pd.DataFrame(
        {
            "age": np.where(np.arange(rows) % 5 == 0, np.nan, random.integers(20, 60, rows)),
            "children": np.where(np.arange(rows) % 7 == 0, np.nan, random.integers(0, 4, rows)),
            "town": np.where(np.arange(rows) % 6 == 0, None, random.choice(["Bonn", "Bonn", "Ulm"], rows)),
            "y": random.normal(size=rows),
        }
    )


def problem_of(table, impute):
    return infer_problem(table, TabularProblem(target="y", impute=impute))


@pytest.mark.parametrize("needs", ["ordinal", "onehot", "target", "native"])
def test_gaps_are_filled_from_the_training_rows_of_the_fold(table, needs):
    found = problem_of(table, "age=median,children=-1,town=most_frequent")
    featurizer = Featurizer.plan(found.problem, found.train)
    X, y = featurizer.transform(found.train), found.train["y"].to_numpy()
    encoder = make_encoder(needs, schema=featurizer.schema, problem=found.problem, seed=0)
    encoder.fit_transform(X.iloc[:20], y[:20])
    part = found.train.iloc[:20]
    filled = found.train.assign(
        age=found.train["age"].fillna(part["age"].median()),
        children=found.train["children"].fillna(-1),
        town=found.train["town"].fillna(part["town"].mode()[0]),
    )
    expected = encoder.inner.transform(featurizer.transform(filled))
    np.testing.assert_allclose(
        pd.DataFrame(encoder.transform(X)).map(float_of), pd.DataFrame(expected).map(float_of)
    )
    rows = encoder.transform(FeatureRows.of(X))
    assert not np.isnan(np.asarray(rows, dtype=float)).any()
    assert encoder.get_feature_sources() == encoder.inner.get_feature_sources()


def float_of(value):
    return float(hash(value) % 1000) if isinstance(value, str) else float(value)


def test_columns_without_a_wish_keep_their_gaps(table):
    found = problem_of(table, "age=mean")
    featurizer = Featurizer.plan(found.problem, found.train)
    encoder = make_encoder("ordinal", schema=featurizer.schema, problem=found.problem, seed=0)
    encoded = encoder.fit_transform(featurizer.transform(found.train), found.train["y"].to_numpy())
    gaps = dict(zip(encoder.get_feature_sources(), np.isnan(encoded).any(axis=0), strict=False))
    assert not gaps["age"]
    assert gaps["children"]


def test_what_was_asked_is_told(table):
    results = {one.name: one for one in problem_of(table, "age=mean").results}
    assert results["missing_values"].done.startswith("'age': filled as you asked")


@pytest.mark.parametrize(
    ("impute", "message"),
    [
        ("town=median", "impute: 'town' holds categories"),
        ("town=3", "impute: 'town' holds categories"),
        ("y=mean", "impute: 'y' is target"),
        ("height=mean", "impute: there is no column 'height'"),
    ],
)
def test_wishes_that_do_not_fit_are_refused(table, impute, message):
    with pytest.raises(SettingsError, match=message):
        problem_of(table, impute)


@pytest.mark.parametrize("impute", ["age", "age=middle", "age=inf", "=mean"])
def test_wishes_that_mean_nothing_are_refused(impute):
    with pytest.raises(SettingsError, match="impute: "):
        TabularProblem.parse({"target": "y", "impute": impute})


def test_wishes_may_be_a_mapping():
    settings = TabularProblem.parse({"target": "y", "impute": {"Income, USD": "mean", "age": 0}})
    assert settings.imputations == {"Income, USD": "mean", "age": "0"}
