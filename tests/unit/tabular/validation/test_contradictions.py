"""Tests of settings, metrics and data that contradict each other: each is told before anything is trained."""

import re

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, PodiumError, SettingsError
from podium_ml.metrics import METRICS
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 300
RNG = np.random.default_rng(0)
NUMBER = np.arange(ROWS)


def table(rows: int = ROWS, **columns) -> pd.DataFrame:
    number = RNG.normal(size=rows)
    base = {"a": number, "b": RNG.normal(size=rows), "y": RNG.choice(["no", "yes"], rows)}
    return pd.DataFrame(base | columns)


def infer(data: pd.DataFrame, test: pd.DataFrame | None = None, **settings):
    return infer_problem(data, TabularSettings(**({"target": "y"} | settings)), test=test)


def alert(data: pd.DataFrame, test: pd.DataFrame | None = None, *, name: str = "held_out_rows", **settings):
    results = infer(data, test, **settings).results
    assert not [result for result in results if "could not be checked" in result.seen]
    return next(result.seen for result in results if result.name == name and result.outcome == "alert")


POSITIVE = np.abs(RNG.normal(size=ROWS)) + 1.0
WRONG_VALUES = {
    "negative": (
        "rmsle",
        np.where(NUMBER == 6, -1.5, POSITIVE),
        "RMSLE is undefined for 1 row of 300.*-1.5 in row 7",
    ),
    "minus one": ("neg_root_mean_squared_log_error", np.where(NUMBER == 6, -1.0, POSITIVE), "logarithm"),
    "text": ("rmsle", [f"-{value:.2f} €" for value in POSITIVE], "RMSLE is undefined for 300 rows"),
    "zero": (
        "mape",
        np.where(NUMBER < 2, 0.0, POSITIVE),
        "MAPE is undefined for 2 rows.*divides by it.*rmsle or mae",
    ),
}


@pytest.mark.parametrize("case", WRONG_VALUES)
def test_metrics_that_are_undefined_for_the_target(case):
    metric, values, words = WRONG_VALUES[case]
    with pytest.raises(SettingsError, match=f"(?s)metric: .*{words}"):
        infer(table(y=values), metric=metric, task="regression")
    with pytest.raises(SettingsError, match="of the test data"):
        infer(table(y=POSITIVE), table(y=values), metric=metric, task="regression")
    assert infer(table(y=values), metric="mae", task="regression").problem.metric == "mae"


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if "regression" in metric.tasks])
def test_each_metric_declares_the_values_that_it_cannot_take(name):
    metric = METRICS[name]
    for y in (np.array([-4.0, -2.5, 3.0]), np.array([-0.5, 0.0, 2.0]), np.array([1.0, 2.0, 4.0])):
        score = metric.score(y, y + 0.1)
        is_usable = np.isfinite(score) and abs(score) < 1e6
        assert is_usable == (not metric.rejects(y).any())


def late(share: float) -> np.ndarray:
    return np.where((1 - share) * ROWS <= NUMBER, "yes", "no")


GROUPS = NUMBER % 30
IMPOSSIBLE = {
    "each group has one class": (
        {"g": NUMBER % 3, "y": np.where(NUMBER % 3, "no", "yes")},
        {"group_column": "g"},
        "one value of 'y'",
    ),
    "one group has all positives": (
        {"g": GROUPS, "y": np.where(GROUPS, "no", "yes")},
        {"group_column": "g"},
        "do not define AUC",
    ),
    "a class comes late": (
        {"t": NUMBER, "y": late(0.3)},
        {"time_column": "t"},
        "order of 't'.*one value of 'y'",
    ),
    "a class comes in the test": (
        {"t": NUMBER, "y": late(0.1)},
        {"time_column": "t"},
        "Without the test rows",
    ),
    "two groups in time": (
        {"t": NUMBER, "g": NUMBER // 150},
        {"time_column": "t", "group_column": "g"},
        "only 2 groups",
    ),
    "late weights are zero": (
        {"t": NUMBER, "w": NUMBER < 200},
        {"time_column": "t", "weight_column": "w"},
        "weights of test rows are 0",
    ),
    "early weights are zero": (
        {"t": NUMBER, "w": NUMBER > 120},
        {"time_column": "t", "weight_column": "w"},
        "weights of training rows are 0",
    ),
    "infinite weight": ({"w": np.where(NUMBER, 1.0, np.inf)}, {"weight_column": "w"}, "row 1 holds 'inf'"),
    "weightless class": ({"y": late(0.5), "w": NUMBER < 150}, {"weight_column": "w"}, "do not define AUC"),
    "hardly any training rows": ({}, {"test_fraction": "0.99"}, "Only 3 rows are left"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_impossible_splits(case):
    columns, settings, words = IMPOSSIBLE[case]
    if "w" in columns:
        columns = columns | {"w": np.asarray(columns["w"], dtype=float)}
    with pytest.raises(PodiumError, match=words) as caught:
        infer(table(**columns), **settings)
    assert isinstance(caught.value, DataError | SettingsError)
    assert caught.value.hint


def test_own_test_rows_need_weights():
    with pytest.raises(DataError, match="test data is missing 'w'"):
        infer(table(w=1.0), table(60), weight_column="w")
    with pytest.raises(DataError, match="of the test data is 0 in every row"):
        infer(table(w=1.0), table(60, w=0.0), weight_column="w")


EARLY = np.where(np.isin(NUMBER, [2, 50, 90, 130, 150, 180]), "yes", "no")
DOUBTFUL = {
    "few positives": ({"y": np.where(NUMBER % 75, "no", "yes")}, {}, "at most 1 row of the class 'yes'"),
    "no positive in the test": (
        {"t": NUMBER, "y": EARLY},
        {"time_column": "t"},
        "No test row has the class 'yes'.*AUC is undefined",
    ),
    "more folds than groups": (
        {"g": NUMBER % 5},
        {"group_column": "g", "folds": "10"},
        "10 folds were asked for.* only 4",
    ),
    "more folds than times": (
        {"t": NUMBER // 75},
        {"time_column": "t", "folds": "5"},
        "5 folds were asked for.* only 2",
    ),
    "one training time": (
        {"t": NUMBER // 250},
        {"time_column": "t"},
        "same 't', so the folds are drawn at random",
    ),
    "two test rows": ({}, {"test_fraction": "0.001"}, "only 2 rows, so its scores say little"),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_what_the_test_or_the_folds_cannot_judge_is_an_alert(case):
    columns, settings, words = DOUBTFUL[case]
    assert re.search(words, alert(table(**columns), **settings))


OWN_TESTS = {
    "one class": ({}, {"y": "yes"}, {}, "No test row has the class 'no'.*AUC is undefined on the test rows"),
    "test fraction": ({}, {}, {"test_fraction": "0.3"}, "test_fraction has no effect"),
    "same groups": (
        {"g": NUMBER // 10},
        {"g": np.arange(60) // 2 + 10},
        {"group_column": "g"},
        "20 of 30 groups of the test rows also occur",
    ),
    "earlier times": (
        {"t": NUMBER},
        {"t": np.arange(60) + 270},
        {"time_column": "t"},
        "48% of the test rows are earlier",
    ),
    "one row": ({"y": POSITIVE}, {"y": 1.0}, {"metric": "r2"}, "only 1 row.*R2 is undefined"),
}


@pytest.mark.parametrize("case", OWN_TESTS)
def test_own_test_rows_that_contradict_the_settings_are_an_alert(case):
    columns, own, settings, words = OWN_TESTS[case]
    test = table(1 if case == "one row" else 60, **own)
    assert re.search(words, alert(table(**columns), test, **settings))


def test_order_of_named_classes_is_asked_about():
    words = alert(
        table(y=RNG.choice(["low", "mid", "high"], ROWS)), metric="quadratic_kappa", name="metric_fit"
    )
    assert "'high', 'low', 'mid'" in words
    numbers = infer(table(y=RNG.choice([1, 2, 3], ROWS)), metric="quadratic_kappa", task="multiclass")
    assert next(one.outcome for one in numbers.results if one.name == "metric_fit") == "passed"
