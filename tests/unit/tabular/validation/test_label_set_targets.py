"""Tests of targets that are sets of labels, in all supported formats."""

import json

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError, SettingsError
from podium_ml.kinds import KINDS
from podium_ml.settings import TabularSettings


def films(rows: int = 80) -> pd.DataFrame:
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {"length": random.normal(100, 20, rows).round(), "year": random.integers(1950, 2020, rows)}
    )
    table["comedy"] = (table["length"] < 100).astype(int)
    table["drama"] = (table["year"] > 1980).astype(int)
    return table


def as_lists(table: pd.DataFrame) -> pd.DataFrame:
    sets = [[name for name in ("comedy", "drama") if row[name]] for _, row in table.iterrows()]
    return table.drop(columns=["comedy", "drama"]).assign(genres=pd.Series(sets, dtype=object))


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    lists = as_lists(table)
    return lists.assign(genres=[", ".join(labels) or "[]" for labels in lists["genres"]])


def infer(table: pd.DataFrame, **settings):
    return KINDS["tabular"].infer_problem(table, TabularSettings(**settings))


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (as_lists, {"target": "genres"}),
        (as_text, {"target": "genres", "task": "multilabel"}),
        (lambda table: table, {"target": "comedy,drama"}),
        (lambda table: table.replace({"comedy": {1: "yes", 0: "no"}}), {"target": "comedy, drama"}),
    ],
)
def test_all_formats_give_the_same_problem(make, settings):
    inferred = infer(make(films()), **settings)
    problem = inferred.problem
    assert (problem.task, problem.target_type, problem.classes) == (
        "multilabel",
        "label_sets",
        ("comedy", "drama"),
    )
    assert [column.name for column in problem.features] == ["length", "year"]
    assert sorted(inferred.train[settings["target"]].map(tuple).unique()) == [
        (),
        ("comedy",),
        ("comedy", "drama"),
        ("drama",),
    ]
    assert len(inferred.test) == 16


def test_column_with_a_comma_in_its_name_is_one_target():
    table = films().rename(columns={"comedy": "comedy,drama"})
    assert infer(table, target="comedy,drama").problem.task == "binary"


def test_text_with_commas_is_a_class_by_default():
    assert infer(as_text(films()), target="genres").problem.task == "multiclass"


def test_lists_in_text_are_sets():
    table = as_lists(films())
    written = table.assign(genres=[json.dumps(labels) for labels in table["genres"]])
    printed = table.assign(genres=table["genres"].map(str))
    for one in (written, printed):
        assert infer(one, target="genres").problem.classes == ("comedy", "drama")
    vectors = table.assign(genres=[f"[{0.5 + at % 2}]" for at in range(len(table))])
    assert infer(vectors, target="genres").problem.task == "binary"


def test_multiple_target_columns_must_be_boolean():
    with pytest.raises(DataError, match=r"'length' holds .* in row 1, which is neither yes nor no"):
        infer(films(), target="length,drama")
    with pytest.raises(SettingsError, match="task regression"):
        infer(films(), target="comedy,drama", task="regression")
    with pytest.raises(SettingsError, match="no column 'dramma'"):
        infer(films(), target="comedy,dramma")


def test_equal_sets_in_all_rows_are_rejected():
    table = films()
    table["genres"] = [["comedy", "drama"]] * len(table)
    with pytest.raises(DataError, match="Every row of 'genres' has the same labels"):
        infer(table, target="genres")


def test_rare_labels_are_dropped_but_their_rows_are_kept():
    table = as_lists(films())
    table.at[0, "genres"] = ["comedy", "noir"]
    inferred = infer(table, target="genres", test_fraction=0.0)
    assert inferred.problem.classes == ("comedy", "drama")
    assert len(inferred.train) == 80
    rare = next(result for result in inferred.results if result.name == "rare_classes")
    assert rare.outcome == "alert"
    assert "noir" in rare.seen


def test_column_equal_to_a_label_is_reported_as_leakage():
    table = as_lists(films()).assign(flag=films()["drama"])
    inferred = infer(table, target="genres")
    leak = next(result for result in inferred.results if result.name == "target_leakage")
    assert "flag" in leak.columns


def test_labels_only_in_test_rows_are_reported():
    train, test = as_lists(films()), as_lists(films(20))
    test.at[0, "genres"] = ["western"]
    inferred = KINDS["tabular"].infer_problem(train, TabularSettings(target="genres"), test=test)
    assert len(inferred.test) == 20
    unseen = next(result for result in inferred.results if result.name == "unseen_classes")
    assert "western" in unseen.seen


def test_missing_targets_are_dropped_but_empty_sets_are_kept():
    table = as_lists(films())
    table.at[0, "genres"], table.at[1, "genres"] = None, []
    inferred = infer(table, target="genres", test_fraction=0.0)
    assert len(inferred.train) == 79
    assert inferred.train["genres"].iloc[0] == []


def test_own_test_rows_have_the_separator_of_the_training_rows():
    table = as_text(films(200))
    table["genres"] = table["genres"].str.replace(", ", "; ").replace("comedy", "comedy, dark")
    test = table[~table["genres"].str.contains(";")]
    settings = TabularSettings(target="genres", task="multilabel")
    inferred = KINDS["tabular"].infer_problem(table, settings, test=test)
    assert inferred.problem.classes == ("comedy", "comedy, dark", "drama")
    assert {label for labels in inferred.test["genres"] for label in labels} == {"comedy, dark", "drama"}
