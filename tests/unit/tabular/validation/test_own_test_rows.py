import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from podium_ml.kinds import InferredProblem
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

RNG = np.random.default_rng(0)


def table(rows: int = 200, *, labels=(0, 1)) -> pd.DataFrame:
    values = {"n": RNG.normal(size=rows), "i": RNG.integers(0, 99, rows), "c": RNG.choice(list("xyz"), rows)}
    return pd.DataFrame(values | {"id": [f"id{i}" for i in range(rows)], "y": RNG.choice(labels, rows)})


def check(test: pd.DataFrame, train: pd.DataFrame | None = None, target: str = "y") -> InferredProblem:
    return infer_problem(table() if train is None else train, TabularSettings(target=target), test=test)


def outcome(inferred: InferredProblem, name: str) -> str:
    return next(result.outcome for result in inferred.results if result.name == name)


def test_all_training_rows_are_used():
    inferred = check(table(60))
    assert (len(inferred.train), len(inferred.test)) == (200, 60)
    assert (inferred.problem.n_train, inferred.problem.n_test) == (200, 60)


def test_columns_match_the_training_columns():
    inferred = check(table(60)[["y", "c", "i", "n"]].assign(more=1))
    assert list(inferred.test.columns) == ["n", "i", "c", "id", "y"]
    assert inferred.test["id"].isna().all()


def test_types_match_the_training_types():
    test = table(60).astype({"i": "float64", "y": "float64"})
    assert check(test).test.dtypes[["i", "y"]].tolist() == [np.dtype("int64")] * 2
    assert check(test.astype({"y": "int64"}).astype({"y": str})).test["y"].isin([0, 1]).all()
    gaps = check(table(60).assign(i=[None, *range(59)])).test["i"]
    assert gaps.isna().sum() == 1


def test_rows_without_target_are_dropped():
    assert len(check(table(60).assign(y=[None] * 10 + [0, 1] * 25)).test) == 50


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (table(60).drop(columns=["y"]), "is missing 'y'"),
        (table(60).drop(columns=["n", "c"]), "is missing 'n', 'c'"),
        (table(60)[["y"]], "is missing"),
        (table(0), "has no row"),
        (table(60).assign(y=np.nan), "has no row"),
        (table(60).assign(n="words"), "'n' holds numbers in the training data, but 'words'"),
        (table(60).assign(y=7), "No class of the test rows"),
    ],
)
def test_invalid_test_rows(test, words):
    with pytest.raises(DataError, match=words):
        check(test)


@pytest.mark.parametrize("wrong", ["many", "inf"])
def test_regression_targets_must_be_finite_numbers(wrong):
    with pytest.raises(DataError, match="not a finite number"):
        check(table(60).assign(n=[wrong, *["1.5"] * 59]), target="n")


def test_infinite_features_are_accepted():
    assert len(check(table(60).assign(n=np.inf)).test) == 60


def test_unseen_classes_are_dropped_with_an_alert():
    inferred = check(table(60).assign(y=[7] * 10 + [0, 1] * 25))
    assert len(inferred.test) == inferred.problem.n_test == 50
    assert outcome(inferred, "unseen_classes") == "alert"


def test_training_rows_are_removed_from_the_test_rows():
    train = table()
    inferred = check(pd.concat([table(60), train.head(20)]), train)
    assert (len(inferred.train), len(inferred.test)) == (200, 60)
    assert outcome(inferred, "duplicate_rows") == "fixed"
    assert outcome(check(train.head(50), train), "duplicate_rows") == "alert"


def test_rows_with_few_distinct_values_are_not_duplicates():
    train = pd.DataFrame({"a": RNG.choice(["x", "z"], 200), "y": RNG.choice([0, 1], 200)})
    test = pd.concat([train.head(60), pd.DataFrame({"a": ["other"], "y": [0]})], ignore_index=True)
    inferred = check(test, train)
    assert len(inferred.test) == 61
    assert outcome(inferred, "duplicate_rows") == "passed"


def test_drift_is_reported():
    test = table(100)
    assert outcome(check(test), "drift") == "passed"
    inferred = check(test.assign(n=test["n"] + 5))
    assert outcome(inferred, "drift") == "alert"
    assert next(result for result in inferred.results if result.name == "drift").columns[0] == "n"
