"""Common tests of all encoders on difficult tables."""

import pickle
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from podium_ml.contracts import Column, Feature, FeatureSchema, Problem
from podium_ml.tabular.encoders import make_encoder

KINDS = ("ordinal", "onehot", "native", "target", "nothing")
FINITE = ("onehot", "target")
TASKS = ("binary", "multiclass", "regression")
FOR_ALL_TASKS = ("ordinary", "all missing", "huge cardinality", "text")
ROWS = 60


def make_table(columns: dict[str, Any]) -> tuple[pd.DataFrame, FeatureSchema]:
    """Return a feature table with numeric columns for floats, text columns for ``text...``, else categorical ones."""
    frame, features = {}, []
    for name, values in columns.items():
        if name.startswith("text"):
            kind, column = "text", pd.Series(values, dtype="string")
        elif isinstance(values, np.ndarray) and values.dtype.kind == "f":
            kind, column = "numeric", pd.Series(values)
        else:
            kind, column = "categorical", pd.Series(values, dtype="str").astype("category")
        frame[name] = column
        features.append(Feature(name=name, kind=kind, source=name, how=""))
    return pd.DataFrame(frame), FeatureSchema(tuple(features))


def nasty_tables() -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=ROWS)
    gaps = np.where(rng.random(ROWS) < 0.3, np.nan, numbers)
    letters = rng.choice(list("abc"), ROWS).tolist()
    words = rng.choice(["good", "bad", "red wine", "blue", "sour"], (ROWS, 6))
    return {
        "ordinary": {"n": numbers, "gaps": gaps, "c": letters},
        "numbers only": {"n": numbers},
        "categories only": {"c": letters, "d": [None if i % 4 == 0 else "x" for i in range(ROWS)]},
        "all missing": {"n": np.full(ROWS, np.nan), "c": [None] * ROWS, "text": [""] * ROWS},
        "constant": {"n": np.ones(ROWS), "c": ["same"] * ROWS, "text": ["same"] * ROWS},
        "huge cardinality": {"c": [f"level {i}" for i in range(ROWS)], "n": numbers},
        "emoji": {
            "c": rng.choice(["🙂", "naïve", "\u202e", "", " "], ROWS).tolist(),
            "text": ["🙂 🙃"] * ROWS,
        },
        "text": {"text": [" ".join(row) for row in words], "text2": ["", *["long text " * 300] * (ROWS - 1)]},
        "huge numbers": {
            "n": numbers * 1e300,
            "tiny": numbers * 1e-300,
            "mixed": np.where(gaps > 1, 1e39, gaps),
        },
        "one outlier": {"n": np.where(np.arange(ROWS) == 7, 1e12, 0.0)},
        "columns missing together": {"a": gaps, "b": gaps * 2, "c": gaps + 1},
        "no columns": {},
    }


def make_problem(task: str) -> Problem:
    classes = {"binary": (0, 1), "multiclass": (0, 1, 2, 3), "regression": ()}[task]
    return Problem("p", task, "y", "rmse", (Column("y", "target", "int64"),), classes=classes)  # type: ignore[arg-type]


def make_target(task: str, rows: int = ROWS) -> np.ndarray:
    rng = np.random.default_rng(1)
    if task == "regression":
        return rng.normal(size=rows)
    return np.arange(rows) % (2 if task == "binary" else 4)


def values(encoded: Any) -> np.ndarray:
    if isinstance(encoded, pd.DataFrame):
        codes = {
            n: c.cat.codes if isinstance(c.dtype, pd.CategoricalDtype) else c for n, c in encoded.items()
        }
        return pd.DataFrame(codes, index=encoded.index).to_numpy(dtype=np.float64)
    return np.asarray(encoded)


@pytest.fixture(params=TASKS)
def task(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[*((name, "binary") for name in nasty_tables()), *product(FOR_ALL_TASKS, TASKS[1:])])
def case(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, FeatureSchema, str]:
    name, task = request.param
    X, schema = make_table(nasty_tables()[name])
    return (X if len(X.columns) else pd.DataFrame(index=range(ROWS))), schema, task


@pytest.mark.parametrize("needs", KINDS)
class TestEveryEncoder:
    def test_shapes_names_and_finiteness(self, needs: str, case: Any) -> None:
        X, schema, task = case
        encoder = make_encoder(needs, schema=schema, problem=make_problem(task), seed=0)
        trained = values(encoder.fit_transform(X, make_target(task)))
        encoded = values(encoder.transform(X))
        names = encoder.get_feature_names_out()
        assert trained.shape == encoded.shape == (ROWS, len(names))
        assert len(set(names)) == len(names)
        assert len(encoder.get_feature_sources()) == len(names)
        assert set(encoder.get_feature_sources()) <= set(X.columns)
        assert not np.isinf(trained).any()
        assert not np.isinf(encoded).any()
        if needs in FINITE:
            assert np.isfinite(trained).all()
            assert np.isfinite(encoded).all()

    def test_fit_is_equivalent_to_fit_transform(self, needs: str, case: Any) -> None:
        X, schema, task = case
        encoder = make_encoder(needs, schema=schema, problem=make_problem(task), seed=0)
        y = make_target(task)
        encoder.fit_transform(X, y)
        again = clone(encoder).fit(X, y)
        np.testing.assert_array_equal(values(encoder.transform(X)), values(again.transform(X)))

    def test_row_subsets_and_pickles_agree(self, needs: str, case: Any) -> None:
        X, schema, task = case
        encoder = make_encoder(needs, schema=schema, problem=make_problem(task), seed=0).fit(
            X, make_target(task)
        )
        whole = values(encoder.transform(X))
        loaded = pickle.loads(pickle.dumps(encoder))
        np.testing.assert_array_equal(values(loaded.transform(X)), whole)
        order = np.random.default_rng(2).permutation(ROWS)[:20]
        np.testing.assert_allclose(
            values(encoder.transform(X.iloc[order])), whole[order], rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(values(encoder.transform(X.iloc[[5]])), whole[[5]], rtol=1e-5, atol=1e-6)

    def test_unseen_and_missing_values(self, needs: str, task: str) -> None:
        X, schema = make_table(nasty_tables()["ordinary"])
        encoder = make_encoder(needs, schema=schema, problem=make_problem(task), seed=0).fit(
            X, make_target(task)
        )
        new, _ = make_table(
            {"n": np.array([np.nan, 1e30, -5.0]), "gaps": np.full(3, np.nan), "c": ["zzz", None, "a"]}
        )
        encoded = values(encoder.transform(new))
        assert encoded.shape == (3, len(encoder.get_feature_names_out()))
        if needs in FINITE:
            assert np.isfinite(encoded).all()

    @pytest.mark.parametrize("rows", [1, 2, 3, 7])
    def test_very_few_rows(self, needs: str, task: str, rows: int) -> None:
        X, schema = make_table(nasty_tables()["ordinary"] | {"text": ["some words here"] * ROWS})
        X, y = X.iloc[:rows], make_target(task, rows)
        encoder = make_encoder(needs, schema=schema, problem=make_problem(task), seed=0)
        trained = values(encoder.fit_transform(X, y))
        assert trained.shape == values(encoder.transform(X)).shape

    def test_weights_and_groups_are_accepted(self, needs: str, case: Any) -> None:
        X, schema, task = case
        encoder = make_encoder(needs, schema=schema, problem=make_problem(task), seed=0)
        weight, group = np.arange(ROWS) % 3 / 2, np.arange(ROWS) // 4
        trained = values(encoder.fit_transform(X, make_target(task), weight=weight, group=group))
        assert trained.shape == values(encoder.transform(X)).shape
        assert not np.isinf(trained).any()

    def test_single_class(self, needs: str) -> None:
        X, schema = make_table(nasty_tables()["huge cardinality"])
        encoder = make_encoder(needs, schema=schema, problem=make_problem("binary"), seed=0)
        trained = values(encoder.fit_transform(X, np.zeros(ROWS, dtype=int)))
        assert trained.shape == values(encoder.transform(X)).shape

    def test_no_rows_to_transform(self, needs: str) -> None:
        X, schema = make_table(nasty_tables()["ordinary"] | {"text": ["some words here"] * ROWS})
        encoder = make_encoder(needs, schema=schema, problem=make_problem("binary"), seed=0)
        encoder.fit(X, make_target("binary"))
        assert values(encoder.transform(X.iloc[:0])).shape == (0, len(encoder.get_feature_names_out()))
