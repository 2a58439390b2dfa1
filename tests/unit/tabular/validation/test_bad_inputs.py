"""Tests of invalid inputs: each error message names the column and suggests a solution."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 120
RNG = np.random.default_rng(0)
DATES = [f"2020-01-{1 + row % 28:02d}" for row in range(ROWS)]


def table(rows: int = ROWS, **columns) -> pd.DataFrame:
    base = {
        "a": RNG.normal(size=rows),
        "b": RNG.choice(list("xyz"), rows),
        "y": RNG.choice(["no", "yes"], rows),
    }
    return pd.DataFrame(base | columns)


def first(value, rest=1.0) -> list:
    return [value, *[rest] * (ROWS - 1)]


TARGETS = {
    "all missing": (table(y=np.nan), "missing in all"),
    "no rows": (table(0), "missing in all 0 rows"),
    "one class": (table(y="a"), "only one value"),
    "one row": (table(1), "Only 1 row has"),
    "three rows": (table(3), "Only 3 rows have"),
    "infinite": (table(y=[-np.inf, *RNG.normal(size=ROWS - 1)]), "infinite in row 1"),
    "infinite in text": (table(y=["1.5", "inf"] * (ROWS // 2)), "infinite in row 2"),
    "text without end": (table(y=[f"text {i}" for i in range(ROWS)]), "looks like an id"),
    "records": (table(y=[{"a": 1}, {"b": 2}] * (ROWS // 2)), "nested values"),
    "one row of a class": (table(y=first("a", "b")), "only one class with at least 3 rows"),
}


@pytest.mark.parametrize("case", TARGETS)
def test_invalid_targets(case):
    data, words = TARGETS[case]
    with pytest.raises(DataError, match=words) as caught:
        infer_problem(data, TabularSettings(target="y"))
    assert "'y'" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "name the column to predict"),
        ({"target": "Y"}, "target: there is no column 'Y'. Did you mean 'y'?"),
        ({"target": "churn"}, "The columns are a, b, y."),
        ({"target": "y", "drop": "bb"}, "drop: there is no column 'bb'. Did you mean 'b'?"),
        ({"target": "y", "time_column": "when"}, "time_column: there is no column 'when'"),
        (
            {"target": "y", "group_column": "b", "drop": "b"},
            "drop: 'b' is also the time, group or weight column",
        ),
        ({"target": "y", "metric": "rmse"}, "not for binary problems"),
        ({"target": "y", "metric": "roc_acu"}, "Did you mean roc_auc"),
        ({"target": "y", "task": "regression"}, "is not a number"),
        ({"target": "y", "task": "multiclass"}, "Use the task binary"),
        ({"target": "b", "task": "binary"}, "Use the task multiclass"),
        ({"target": "y", "positive_label": "maybe"}, "'maybe' is not a value"),
        ({"target": "b", "positive_label": "x"}, "more than two classes"),
        ({"target": "a", "positive_label": "x"}, "predicted as a number"),
    ],
)
def test_settings_that_do_not_match_the_data(settings, words):
    with pytest.raises(SettingsError) as caught:
        infer_problem(table(), TabularSettings(**settings))
    assert words in str(caught.value)


def test_each_unknown_column_is_reported_on_its_own_line():
    with pytest.raises(SettingsError) as caught:
        infer_problem(table(), TabularSettings(target="yy", drop="aa,q", weight_column="w" * 10_000))
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) < 400


@pytest.mark.parametrize(
    ("settings", "values", "words"),
    [
        ({"weight_column": "c"}, first(-1.0), "row 1 holds '-1.0'"),
        ({"weight_column": "c"}, first(np.nan), "row 1 holds 'nan'"),
        ({"weight_column": "c"}, "heavy" * 20, "row 1 holds 'heavy"),
        ({"weight_column": "c"}, 0.0, "is 0 in every row"),
        ({"group_column": "c"}, first(None, "g"), "empty in 1 of"),
        ({"group_column": "c"}, "g", "only one group"),
        ({"time_column": "c"}, first(None, "2020-01-01"), "empty in 1 of"),
        ({"time_column": "c"}, "when", "no dates or numbers"),
        ({"time_column": "c"}, ["soon", *DATES[1:]], "row 1 holds 'soon'"),
        ({"time_column": "c"}, "2020-01-01", "only one time"),
        ({"time_column": "c"}, [True, False] * (ROWS // 2), "true and false"),
    ],
)
def test_invalid_weight_group_and_time_columns(settings, values, words):
    with pytest.raises(DataError, match=words) as caught:
        infer_problem(table(c=values), TabularSettings(target="y", **settings))
    assert "'c'" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "No column is left"),
        ({"id": [f"id{i}" for i in range(ROWS)]}, "'id': An id"),
        ({"a": np.nan, "b": None}, "'a': All values are missing; 'b': All values are missing"),
        ({"same": 1}, "'same': All values are the same"),
        ({f"c{i}": i for i in range(20)}, "and 12 more"),
    ],
)
def test_no_usable_feature_columns(columns, words):
    data = pd.DataFrame(columns | {"y": RNG.choice(["no", "yes"], ROWS)})
    with pytest.raises(DataError, match=words):
        infer_problem(data, TabularSettings(target="y"))


STRANGE = {
    "internal names": {
        "row": RNG.normal(size=ROWS),
        "prediction": RNG.normal(size=ROWS),
        "index": range(ROWS),
    },
    "emoji and long names": {"😀": RNG.normal(size=ROWS), "x" * 10_000: RNG.normal(size=ROWS)},
    "lists": {"l": [["a", "b"], ["c"]] * (ROWS // 2)},
    "nested JSON": {"j": [{"a": 1}, {"a": {"b": [2]}}] * (ROWS // 2)},
    "infinite features": {"f": first(np.inf)},
    "durations": {"d": pd.to_timedelta(np.arange(ROWS), "h")},
    "bytes": {"b": [b"a", b"b"] * (ROWS // 2)},
    "markup": {"<script>": [f"<b>{i % 7}</b>" for i in range(ROWS)]},
}


@pytest.mark.parametrize("case", STRANGE)
def test_unusual_columns_are_accepted(case):
    inferred = infer_problem(table(**STRANGE[case]), TabularSettings(target="y"))
    assert inferred.problem.task == "binary"
    assert not [result for result in inferred.results if "could not be checked" in result.seen]


def test_texts_that_look_like_ids_can_be_read_as_texts():
    data = pd.DataFrame({"t": [f"{at} 7 {at * at}" for at in range(ROWS)], "y": ["no", "yes"] * (ROWS // 2)})
    with pytest.raises(DataError) as caught:
        infer_problem(data, TabularSettings(target="y"))
    assert "--types t=text" in caught.value.hint
    inferred = infer_problem(data, TabularSettings(target="y", types="t=text"))
    assert [column.role for column in inferred.problem.features] == ["text"]


def test_dates_may_be_classes():
    dates = pd.to_datetime(["2024-01-01", "2024-02-01", None] * (ROWS // 3))
    inferred = infer_problem(table(y=dates), TabularSettings(target="y"))
    assert inferred.problem.classes == ("2024-01-01", "2024-02-01")
    assert set(inferred.train["y"]) == set(inferred.problem.classes)
    with_times = infer_problem(table(y=dates + pd.Timedelta("1h")), TabularSettings(target="y"))
    assert with_times.problem.classes == ("2024-01-01 01:00:00", "2024-02-01 01:00:00")


def test_classes_in_lists_of_one():
    """As doccano writes them; sets of labels unless classes are asked for."""
    data = table(y=pd.Series([["a"], ["b"], []] * (ROWS // 3), dtype=object))
    assert infer_problem(data, TabularSettings(target="y")).problem.task == "multilabel"
    inferred = infer_problem(data, TabularSettings(target="y", task="classification"))
    assert (inferred.problem.task, inferred.problem.classes) == ("binary", ("a", "b"))
    data.at[7, "y"] = ["a", "b"]
    with pytest.raises(DataError, match="'y' holds 2 labels in row 8") as caught:
        infer_problem(data, TabularSettings(target="y", task="classification"))
    assert "multilabel" in caught.value.hint


def test_many_more_columns_than_rows():
    numbers = pd.DataFrame(RNG.normal(size=(200, 4_900)), columns=[f"n{i}" for i in range(4_900)])
    texts = pd.DataFrame(RNG.choice(list("abc"), (200, 100)), columns=[f"t{i}" for i in range(100)])
    data = pd.concat([numbers, texts], axis=1).assign(y=RNG.integers(0, 2, 200))
    inferred = infer_problem(data, TabularSettings(target="y"))
    assert len(inferred.problem.features) == 5_000


@pytest.mark.parametrize("drop", ["Income, USD", "b,Income, USD", '"Income, USD",b', ["Income, USD"]])
def test_column_with_a_comma_can_be_dropped(drop):
    settings = TabularSettings.parse({"target": "y", "drop": drop})
    columns = infer_problem(table(**{"Income, USD": RNG.normal(size=ROWS)}), settings).problem.columns
    assert {column.name: column.role for column in columns}["Income, USD"] == "dropped"


def test_column_with_a_comma_can_be_the_target():
    cost = {"Cost, USD": RNG.normal(size=ROWS)}
    for target in ("Cost, USD", ["Cost, USD"], '"Cost, USD"'):
        assert (
            infer_problem(table(**cost), TabularSettings.parse({"target": target})).problem.target
            == "Cost, USD"
        )
