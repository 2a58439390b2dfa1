import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.errors import DataError, SettingsError
from podium_ml.targets import decode_target, encode_target
from podium_ml.values.labels import canonical, distinct_labels, find_label, label_text, order_labels


def problem(*classes) -> Problem:
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    return Problem(name="p", task=task, target="y", metric="", columns=(), classes=classes)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([2, 1, 2, 3], "int64"),
        ([True, False, True], "bool"),
        (["b", "a", "b"], "object"),
        ([0.5, 1.5, 0.5], "float64"),
        (["yes", "no", "yes"], "category"),
        ([1, 2, 1], "Int64"),
    ],
)
def test_label_round_trip_preserves_types(values, dtype):
    series = pd.Series(values, name="y").astype(dtype)
    task = problem(*order_labels(series))
    codes = encode_target(series, task)
    assert codes.dtype == np.int64
    assert decode_target(codes, task).tolist() == values
    assert type(decode_target(codes, task).tolist()[0]) is type(values[0])


def test_whole_floats_are_integers():
    assert distinct_labels(pd.Series([1.0, 2.0, 1.0])) == [1, 2]
    assert encode_target(pd.Series([1, 2, 2.0]), problem(1, 2)).tolist() == [0, 1, 1]


def test_unknown_labels_get_no_code():
    assert encode_target(pd.Series(["a", "z", "b"]), problem("a", "b")).tolist() == [0, -1, 1]


def test_text_booleans_and_numbers_are_distinct():
    assert len({canonical(1), canonical(True), canonical("1")}) == 3
    assert label_text(canonical(True)) == "True"


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [(["1,234", "2.5"], [1234.0, 2.5]), (["12%", "7%"], [12.0, 7.0]), (["$5", "$1,000"], [5.0, 1000.0])],
)
def test_numbers_in_text_are_parsed(texts, numbers):
    assert encode_target(pd.Series(texts), problem()).tolist() == numbers
    assert decode_target(np.array(numbers), problem()).tolist() == numbers


@pytest.mark.parametrize("wrong", ["many", None, "inf"])
def test_error_names_the_row_of_an_invalid_number(wrong):
    with pytest.raises(DataError, match="row 2"):
        encode_target(pd.Series(["1", wrong, "2"]), problem())


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        ([0, 1, 1, 1], 1),
        ([-1, 1, 1, 1], 1),
        ([1, 2, 2, 2], 1),
        ([1, 2], 2),
        (["no", "Yes", "Yes"], "Yes"),
        ([False, True, True], True),
        (["good", "good", "bad"], "bad"),
    ],
)
def test_default_positive_label(values, positive):
    assert order_labels(pd.Series(values))[1] == positive


def test_user_defined_positive_label():
    assert order_labels(pd.Series([0, 1, 1]), positive="0") == (1, 0)
    assert order_labels(pd.Series(["Good", "bad"]), positive="good") == ("bad", "Good")
    assert find_label([1, 2], "2.0") == 2
    with pytest.raises(SettingsError, match="'maybe' is not a value") as caught:
        find_label([*range(12)], "maybe")
    assert "0, 1, 2" in caught.value.hint
    assert caught.value.hint.endswith("....")


def test_many_classes_are_sorted():
    assert order_labels(pd.Series(["b", "a", "c"])) == ("a", "b", "c")
    assert order_labels(pd.Series([1, "a", 2], dtype=object)) == (1, 2, "a")
