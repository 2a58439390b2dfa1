import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from podium_ml.kinds import InferredProblem
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

RNG = np.random.default_rng(0)


def table(rows: int = 300, **columns) -> pd.DataFrame:
    y = np.where(RNG.random(rows) < 0.3, "yes", "no")
    return pd.DataFrame({"a": RNG.normal(size=rows), "row": np.arange(rows) ** 2, "y": y} | columns)


def split(data: pd.DataFrame, **settings) -> InferredProblem:
    return infer_problem(data, TabularSettings(target="y", **settings))


def test_test_rows_are_stratified_and_disjoint_from_training_rows():
    inferred = split(table())
    assert len(inferred.test) == inferred.problem.n_test == 60
    assert len(inferred.train) == inferred.problem.n_train == 240
    assert not set(inferred.train["row"]) & set(inferred.test["row"])
    assert abs((inferred.train["y"] == "yes").mean() - (inferred.test["y"] == "yes").mean()) < 0.02
    assert inferred.train["row"].is_monotonic_increasing


def test_split_depends_on_the_seed():
    data = table()
    assert split(data).test["row"].equals(split(data).test["row"])
    assert not split(data).test["row"].equals(split(data, seed=1).test["row"])


def test_no_test_rows_if_test_fraction_is_zero():
    inferred = split(table(), test_fraction=0)
    assert len(inferred.test) == 0
    assert list(inferred.test.columns) == ["a", "row", "y"]


def test_latest_rows_are_test_rows():
    when = pd.date_range("2020-01-01", periods=300, freq="D").strftime("%d/%m/%Y")
    order = RNG.permutation(300)
    inferred = split(table(t=when[order], n=order), time_column="t")
    assert inferred.train["n"].max() < inferred.test["n"].min()
    assert inferred.problem.fold_strategy == "ordered"
    assert inferred.problem.n_folds == 5
    assert [c.name for c in inferred.problem.features if c.role == "time"] == ["t"]


def test_rows_of_one_time_stay_together():
    inferred = split(table(t=np.repeat(np.arange(30), 10)), time_column="t", test_fraction=0.25)
    assert not set(inferred.train["t"]) & set(inferred.test["t"])


@pytest.mark.parametrize("moments", [[0] * 20 + [1] * 280, [0] * 100 + [1] * 200])
def test_rows_of_one_time_are_split_if_necessary(moments):
    inferred = split(table(t=moments), time_column="t")
    assert len(inferred.train) >= 200
    assert len(inferred.test) >= 30


@pytest.mark.parametrize("target", ["y", "a"])
def test_groups_stay_together(target):
    data = table(g=np.repeat(np.arange(60), 5))
    inferred = infer_problem(data, TabularSettings(target=target, group_column="g"))
    assert not set(inferred.train["g"]) & set(inferred.test["g"])
    assert 30 <= len(inferred.test) <= 90
    assert inferred.problem.fold_strategy == "grouped"


def test_two_groups():
    inferred = split(table(g=["left", "right"] * 150), group_column="g")
    assert len(set(inferred.train["g"])) == len(set(inferred.test["g"])) == 1


def test_duplicate_rows_stay_together():
    data = pd.concat([table(200)] * 2, ignore_index=True).sort_values("row", ignore_index=True)
    inferred = split(data)
    assert not set(inferred.train["row"]) & set(inferred.test["row"])


def test_rows_with_few_distinct_values_are_split_at_random():
    few = pd.DataFrame({"a": RNG.choice(["x", "z"], 300), "b": RNG.choice([1, 2], 300), "y": table()["y"]})
    inferred = split(few)
    assert len(inferred.test) == 60
    rows = next(result for result in inferred.results if result.name == "duplicate_rows")
    assert rows.outcome == "passed"


def test_rare_classes_stay_in_the_training_rows():
    inferred = split(table(y=["a"] * 196 + ["b"] * 100 + ["c"] * 4))
    assert (inferred.train["y"] == "c").sum() == 4
    assert inferred.problem.classes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("rows", "folds", "strategy", "count"),
    [
        (400, "auto", "stratified", 10),
        (2_000, "auto", "stratified", 5),
        (30_000, "auto", "stratified", 3),
        (130_000, "auto", "holdout", 1),
        (400, "3", "stratified", 3),
    ],
)
def test_number_of_rows_determines_the_folds(rows, folds, strategy, count):
    problem = split(table(rows), folds=folds).problem
    assert (problem.fold_strategy, problem.n_folds) == (strategy, count)


def test_regression_uses_shuffled_folds():
    assert infer_problem(table(), TabularSettings(target="a")).problem.fold_strategy == "shuffled"


def test_range_of_the_training_values_is_kept():
    inferred = infer_problem(table(), TabularSettings(target="a"))
    assert inferred.problem.target_range == inferred.train["a"].max() - inferred.train["a"].min()
    assert split(table()).problem.target_range is None


def test_large_grouped_data_uses_a_holdout():
    data = table(130_000, g=np.repeat(np.arange(1_300), 100))
    assert split(data, group_column="g").problem.fold_strategy == "holdout"


def test_training_rows_of_one_class_raise_an_error():
    data = table(100, t=np.arange(100), y=["no"] * 80 + ["yes"] * 20)
    with pytest.raises(DataError, match="Without the test rows"):
        split(data, time_column="t")
