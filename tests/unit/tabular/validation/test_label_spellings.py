"""Tests of labels that are written in several ways."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import DataError
from podium_ml.settings import TabularSettings
from podium_ml.tabular.validation.infer_problem import infer_problem

ROWS = 300
RNG = np.random.default_rng(0)


def table(labels, rows: int = ROWS) -> pd.DataFrame:
    return pd.DataFrame({"a": RNG.normal(size=rows), "b": RNG.normal(size=rows), "y": labels})


def infer(labels, test=None, **settings):
    data = table(labels)
    own = None if test is None else table(test, rows=len(test))
    return infer_problem(data, TabularSettings(target="y", **settings), test=own)


def spelling(inferred):
    return next(result for result in inferred.results if result.name == "label_spellings")


ONE_LABEL = {
    "case and blanks": ["yes", "Yes", " yes", "YES "],
    "inner blanks": ["not sure", "Not  sure", "not\u00a0sure"],
    "Unicode forms": ["größe", "Gro\u0308ße", "GRÖSSE"],
    "invisible characters": ["yes", "yes\u200b", "\ufeffyes"],
    "full width": ["ok", "ＯＫ"],
}


@pytest.mark.parametrize("case", ONE_LABEL)
def test_spellings_are_told_and_united_on_request(case):
    spellings = ONE_LABEL[case]
    labels = [("other", *spellings)[row % (1 + len(spellings))] for row in range(ROWS)]
    told = infer(labels)
    assert len(told.problem.classes) == 1 + len(spellings)
    assert spelling(told).outcome == "alert"
    assert "--unite-labels" in spelling(told).done
    assert all(f"'{one}' (" in spelling(told).seen for one in spellings)
    united = infer(labels, unite_labels=True)
    assert united.problem.task == "binary"
    assert spelling(united).outcome == "fixed"
    assert set(united.train["y"]) == set(united.test["y"]) == set(united.problem.classes)
    assert all(label == label.strip() for label in united.problem.classes)


def test_words_for_yes_and_no_are_told_and_united_on_request():
    labels = [("Y", "N", "1", "0", "yes")[row % 5] for row in range(ROWS)]
    told = infer(labels)
    assert spelling(told).outcome == "alert"
    assert "'Y' (60), '1' (60), 'yes' (60)" in spelling(told).seen
    assert set(infer(labels, unite_labels=True).problem.classes) == {"N", "Y"}


@pytest.mark.parametrize(
    "labels",
    [
        [("Y", "N", "E")[row % 3] for row in range(ROWS)],
        [("Y", "1")[row % 2] for row in range(ROWS)],
        [("yes", "no", "maybe")[row % 3] for row in range(ROWS)],
        [("a.b", "a b", "a-b")[row % 3] for row in range(ROWS)],
        [("1", "1.0", "2")[row % 3] for row in range(ROWS)],
        [True, False] * (ROWS // 2),
        np.arange(ROWS) % 3,
    ],
)
def test_different_labels_are_not_united(labels):
    assert spelling(infer(labels, task="classification")).outcome == "passed"
    united = infer(labels, task="classification", unite_labels=True)
    assert united.problem.classes == infer(labels, task="classification").problem.classes


def test_task_and_positive_label_refer_to_united_labels():
    labels = ["Yes", "yes ", "NO"] * (ROWS // 3)
    problem = infer(labels, unite_labels=True, task="binary", positive_label="no").problem
    assert (problem.classes, problem.positive_label) == (("Yes", "NO"), "NO")


def test_labels_of_sets_are_united():
    sets = [["Red", "big"], ["red ", "Red"], ["big"]] * (ROWS // 3)
    assert infer(sets).problem.classes == ("Red", "big", "red")
    united = infer(sets, unite_labels=True)
    assert united.problem.classes == ("Red", "big")
    assert spelling(infer(sets)).outcome == "alert"


def test_own_test_rows_take_the_spelling_of_the_training_rows():
    labels = ["yes", "no"] * (ROWS // 2)
    test = ["Yes", " NO "] * 30
    with pytest.raises(DataError, match="--unite-labels"):
        infer(labels, test)
    with_some = infer(labels, [*test[:20], *["yes", "no"] * 20])
    alert = next(result for result in with_some.results if result.name == "unseen_classes")
    assert "--unite-labels" in alert.done
    united = infer(labels, test, unite_labels=True)
    assert set(united.test["y"]) == {"yes", "no"}
