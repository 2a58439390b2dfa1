"""Tests that explanations are what they say: right Shapley values, rare classes, weights, groups, defined metrics."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Explanation
from podium_ml.explanation import contributions, explain
from podium_ml.explanation.column_groups import related_columns
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import read_rows
from podium_ml.explanation.mixing import stack
from podium_ml.explanation.partial_dependence import partial_dependence
from podium_ml.explanation.stratified_sample import stratified_sample
from podium_ml.kinds.features import build_feature_table
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.predictor import Predictor
from tests.unit.explanation.conftest import COLUMNS, make_problem, make_table
from tests.unit.fitting import train


def fit(table: pd.DataFrame, algorithm: str = "lightgbm", **changes) -> Predictor:
    problem = replace(make_problem("binary", table), **changes)
    featurizer = Featurizer.plan(problem, table)
    features = build_feature_table(featurizer, table, problem)
    folds = make_folds(problem, y=features.y)
    model = train(ALGORITHMS[algorithm], {}, features, problem=problem, folds=folds, seed=0).model
    sample = table[[column.name for column in COLUMNS]].head(20)
    return Predictor(problem, featurizer, model, name="chosen", sample=sample)


def explained(predictor: Predictor, train: pd.DataFrame, test: pd.DataFrame) -> Explanation:
    return explain(predictor, train=train, test=test, deadline=Deadline())


def exact_shapley(model: ColumnModel, X: pd.DataFrame, background: pd.DataFrame) -> np.ndarray:
    """Return Shapley values of the last output by enumeration of all sets of columns, shape ``(n, columns)``."""
    n, b, columns = len(X), len(background), len(model.columns)
    both, value = stack([X, background]), {}
    for size in range(columns + 1):
        for known in itertools.combinations(range(columns), size):
            rows = np.tile(n + np.tile(np.arange(b), n)[:, None], (1, columns))
            rows[:, list(known)] = np.repeat(np.arange(n), b)[:, None]
            value[known] = model.predict(model.mixed(both, rows))[:, -1].reshape(n, b).mean(axis=1)
    found = np.zeros((n, columns))
    for at, (known, before) in itertools.product(range(columns), value.items()):
        if at not in known:
            share = math.factorial(len(known)) * math.factorial(columns - len(known) - 1)
            after = value[tuple(sorted((*known, at)))]
            found[:, at] += share / math.factorial(columns) * (after - before)
    return found


def test_contributions_to_probabilities_are_shapley_values():
    """On an exclusive-or, the structure of the trees gave -0.03 where -0.32 is right."""
    table = make_table("binary", rows=600)
    high = table["amount"].fillna(100) > 100
    table["target"] = np.where(high ^ (table["noise"] > 0), "yes", "no")
    predictor = fit(table)
    model, rows = ColumnModel(predictor), table.head(30)
    expected = exact_shapley(model, model.features(rows), model.features(predictor.sample))
    found = contributions(predictor, rows)[model.columns].to_numpy()
    sign = np.where(predictor.predict(rows) == "yes", 1, -1)[:, None]
    assert np.abs(found * sign - expected).mean() < 0.03
    assert np.abs(found * sign - expected).max() < 0.2


def test_samples_keep_rare_classes_and_the_mix():
    strata = np.repeat([0, 1, 2], [9700, 280, 20])
    found = stratified_sample(strata, 200, seed=0)
    assert len(found.rows) == 200
    counts = np.bincount(strata[found.rows])
    assert counts.min() >= 10
    shares = np.bincount(strata[found.rows], weights=found.weight) / found.weight.sum()
    np.testing.assert_allclose(shares, [0.97, 0.028, 0.002], rtol=1e-6)


@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_samples_have_the_wanted_size(most):
    strata = np.repeat([0, 1, 2], [60, 30, 10])
    found = stratified_sample(strata, most, seed=0)
    assert len(np.unique(found.rows)) == most
    assert found.weight.mean() == pytest.approx(1)


def test_explained_rows_contain_the_rare_class(fitted, predictor_of):
    model = ColumnModel(predictor_of(fitted("lightgbm", "binary"), "binary"))
    table = make_table("binary", rows=3000)
    table["target"] = np.where(np.arange(3000) % 300 == 7, "yes", "no")
    rows = read_rows(model, table, are_test=True, most=100, seed=0)
    assert rows.y.sum() == 10
    assert (rows.shares * rows.y).sum() == pytest.approx(10 / 3000)


def test_dependence_uses_weights_and_says_how_many_rows():
    table = make_table("binary", rows=300)
    table["weight"] = np.where(table["member"], 1.0, 0.0)
    predictor = fit(table, "logistic_regression", weight_column="weight")
    model = ColumnModel(predictor)
    weighted = read_rows(model, table, are_test=True, most=1000, seed=0)
    members = read_rows(
        model, table[table["member"]].reset_index(drop=True), are_test=True, most=1000, seed=0
    )
    found = partial_dependence(model, weighted, "purpose", outputs=np.array([1]))
    expected = partial_dependence(model, members, "purpose", outputs=np.array([1]))
    assert (found.rows, expected.rows) == (300, int(table["member"].sum()))
    by_level = dict(zip(found.grid, found.values[0], strict=True))
    for level, value in zip(expected.grid, expected.values[0], strict=True):
        assert by_level[level] == pytest.approx(value)


def test_mean_contributions_use_weights():
    """Rows without weight must not count, however large their contributions are."""
    table = make_table("binary", rows=300)
    usual = table["amount"].fillna(100).between(95, 105)
    table["weight"] = np.where(usual, 1.0, 0.0)
    predictor = fit(table, "logistic_regression")
    plain = explained(predictor, table, table)
    predictor.problem = replace(predictor.problem, weight_column="weight")
    weighted = explained(predictor, table, table)
    size = {
        name: {c.column: c.shap for c in one.columns}["amount"]
        for name, one in {"plain": plain, "weighted": weighted}.items()
    }
    assert size["weighted"] < 0.5 * size["plain"]


def test_related_columns_are_shuffled_together():
    """Each of two copies can be shuffled at little loss; both together carry the signal."""
    table = make_table("binary", rows=400)
    table["amount"] = table["amount"].fillna(100)
    table["noise"] = table["amount"] * 3 + np.random.default_rng(1).normal(scale=0.5, size=len(table))
    predictor = fit(table, "extra_trees")
    found = explained(
        predictor,
        table,
        make_table("binary", rows=200, seed=9).assign(
            amount=lambda t: t["amount"].fillna(100), noise=lambda t: t["amount"] * 3
        ),
    )
    group = next(one for one in found.groups if one.kind == "related")
    assert set(group.columns) == {"amount", "noise"}
    alone = {one.column: one.importance for one in found.columns}
    assert group.importance > 1.5 * max(alone["amount"], alone["noise"])


def test_columns_that_can_be_spared_alone_are_measured_together(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("lightgbm", "binary"), "binary")
    found = explained(predictor, rows_of("binary"), rows_of("binary", rows=150, seed=9))
    spare = {one.column for one in found.columns if one.importance <= 0}
    together = [set(one.columns) for one in found.groups if one.kind == "spare"]
    assert together == ([spare] if len(spare) > 1 else [])


def test_columns_are_related_by_numbers_and_by_categories():
    rng = np.random.default_rng(0)
    size = rng.normal(size=500)
    city = rng.choice(["a", "b", "c"], 500)
    X = pd.DataFrame(
        {
            "size": size,
            "squared": np.exp(size),
            "city": pd.Categorical(city),
            "noise": rng.normal(size=500),
            "code": pd.Categorical(np.char.upper(city.astype(str))),
            "text": pd.array(["words"] * 500, dtype="string"),
        }
    )
    found = related_columns(X, [[name] for name in X.columns])
    assert [group.tolist() for group in found] == [[0, 1], [2, 4]]


def test_undefined_metric_is_named_and_replaced(fitted, predictor_of, rows_of):
    predictor = predictor_of(fitted("lightgbm", "binary"), "binary")
    test = rows_of("binary", rows=150, seed=9)
    found = explained(predictor, rows_of("binary"), test[test["target"] == "yes"].reset_index(drop=True))
    assert "AUC is undefined on these rows: all of them belong to one class." in found.notes[0]
    assert not any("time" in note for note in found.notes)
    assert found.metric != "roc_auc"
    assert len(found.columns) == 5
