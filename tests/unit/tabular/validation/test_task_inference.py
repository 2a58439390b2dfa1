import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.tabular.validation.task import infer_task

RNG = np.random.default_rng(0)
ROWS = 400


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (RNG.choice(["no", "yes"], ROWS), "binary"),
        (RNG.choice([0, 1], ROWS), "binary"),
        (RNG.choice([0.0, 1.0], ROWS), "binary"),
        (RNG.choice([True, False], ROWS), "binary"),
        (RNG.choice([3, 4, 5, 6], ROWS), "multiclass"),
        (RNG.choice(["3", "4", "5", "6"], ROWS), "multiclass"),
        (RNG.choice(list("abc"), ROWS), "multiclass"),
        (pd.Series(RNG.choice(["2020-01-01", "2021-01-01", "2022-01-01"], ROWS)), "multiclass"),
        (RNG.normal(size=ROWS), "regression"),
        (RNG.integers(0, 500, ROWS), "regression"),
        (RNG.choice([0.5, 1.25, 2.5], ROWS), "regression"),
        ([f"${value:,.2f}" for value in RNG.normal(1e4, 1e3, ROWS)], "regression"),
        ([f"{value}%" for value in RNG.integers(1, 9, ROWS)], "regression"),
    ],
)
def test_inferred_task(values, task):
    assert infer_task(pd.Series(values, name="y"), "auto") == task


@pytest.mark.parametrize(
    ("values", "asked", "task"),
    [
        (RNG.choice([3, 4, 5], ROWS), "regression", "regression"),
        (RNG.integers(0, 60, ROWS), "classification", "multiclass"),
        (RNG.choice([1, 2], ROWS), "classification", "binary"),
        (RNG.choice([1, 2], ROWS), "binary", "binary"),
    ],
)
def test_requested_task(values, asked, task):
    assert infer_task(pd.Series(values, name="y"), asked) == task


@pytest.mark.parametrize(
    ("values", "asked", "error", "words"),
    [
        (["a"] * 20, "auto", DataError, "only one value"),
        (RNG.normal(size=50), "classification", DataError, "Use the task regression"),
        (RNG.choice([1, 2, 3], 50), "binary", SettingsError, "Use the task multiclass"),
        (RNG.choice([1, 2], 50), "multiclass", SettingsError, "Use the task binary"),
        (RNG.choice(["a", "b"], 50), "regression", SettingsError, "is not a number"),
        (pd.date_range("2020-01-01", periods=50), "regression", SettingsError, "is not a number"),
        ([f"id{i}" for i in range(50)], "auto", DataError, "looks like an id"),
        (pd.date_range("2020-01-01", periods=50), "auto", DataError, "It holds dates"),
        ([f"some words that tell of {i} things" for i in range(50)], "auto", DataError, "It holds free text"),
    ],
)
def test_invalid_task_or_target(values, asked, error, words):
    with pytest.raises(error, match=words):
        infer_task(pd.Series(values, name="y"), asked)
