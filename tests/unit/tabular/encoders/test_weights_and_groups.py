"""Tests that target means and text scores count rows by their weights, and keep groups together."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Column, Feature, FeatureSchema, Problem
from podium_ml.tabular.encoders import make_encoder

PROBLEM = Problem("p", "regression", "y", "rmse", (Column("y", "target", "float64"),))
ROWS, GROUPS = 600, 60
WORDS = {"categorical": "town{}", "text": "letter about the town of number{} and of nothing else"}


def make_table(kind: str, *, levels: int) -> tuple[pd.DataFrame, FeatureSchema, np.ndarray]:
    """Return a table with one feature, and the level of each row."""
    level = np.random.default_rng(0).integers(0, levels, ROWS)
    texts = pd.Series([WORDS[kind].format(one) for one in level], dtype="str")
    X = pd.DataFrame({"c": texts.astype("category") if kind == "categorical" else texts})
    return X, FeatureSchema((Feature("c", kind, "c", ""),)), level  # type: ignore[arg-type]


def informative_column(
    X: pd.DataFrame, schema: FeatureSchema, y: np.ndarray, *, fitted: bool = False, **rows: np.ndarray
) -> np.ndarray:
    """Return the target mean or the text score, of training rows, or as ``transform`` returns it."""
    encoder = make_encoder("ordinal", schema=schema, problem=PROBLEM, seed=0)
    encoded = encoder.fit_transform(X, y, **rows)
    names = list(encoder.get_feature_names_out())
    at = next(i for i, name in enumerate(names) if name.endswith(("target_mean", "score")))
    return (encoder.transform(X) if fitted else encoded)[:, at]


@pytest.mark.parametrize("kind", ["categorical", "text"])
def test_rows_without_weight_do_not_count(kind: str) -> None:
    """Half of the rows have the opposite target and no weight."""
    X, schema, level = make_table(kind, levels=30)
    truth = np.random.default_rng(1).normal(size=30)[level]
    wrong = np.random.default_rng(2).random(ROWS) < 0.5
    y, weight = np.where(wrong, -truth, truth), np.where(wrong, 0.0, 3.0)
    assert np.polyfit(truth, informative_column(X, schema, y, fitted=True), 1)[0] < 0.3
    assert np.corrcoef(informative_column(X, schema, y, fitted=True, weight=weight), truth)[0, 1] > 0.9
    assert np.corrcoef(informative_column(X, schema, y, weight=weight), truth)[0, 1] > 0.8


def test_the_unit_of_weights_does_not_matter() -> None:
    X, schema, level = make_table("categorical", levels=30)
    y, weight = np.random.default_rng(1).normal(size=ROWS) + level / 10, np.random.default_rng(3).random(ROWS)
    first, second = (informative_column(X, schema, y, weight=one) for one in (weight, 1000 * weight))
    np.testing.assert_allclose(first, second, rtol=1e-4)
    plain = informative_column(X, schema, y)
    np.testing.assert_allclose(informative_column(X, schema, y, weight=np.full(ROWS, 2.0)), plain, rtol=1e-4)
    np.testing.assert_allclose(informative_column(X, schema, y, weight=np.zeros(ROWS)), plain, rtol=1e-4)


@pytest.mark.parametrize("kind", ["categorical", "text"])
def test_levels_do_not_tell_the_targets_of_their_own_group(kind: str) -> None:
    """Each group has a level of its own, and a target that nothing tells: in training, the feature is worth nothing."""
    X, schema, level = make_table(kind, levels=GROUPS)
    y = np.random.default_rng(1).normal(size=GROUPS)[level]
    assert np.corrcoef(informative_column(X, schema, y), y)[0, 1] > 0.8
    grouped = informative_column(X, schema, y, group=level)
    assert np.corrcoef(grouped + 1e-9 * np.arange(ROWS), y)[0, 1] < 0.35


def test_one_group_is_like_none() -> None:
    X, schema, level = make_table("categorical", levels=30)
    y = level + np.random.default_rng(1).normal(size=ROWS)
    one = informative_column(X, schema, y, group=np.zeros(ROWS, dtype=np.int64))
    np.testing.assert_array_equal(one, informative_column(X, schema, y))
