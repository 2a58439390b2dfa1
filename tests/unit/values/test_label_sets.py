"""Tests of reading sets of labels."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.values.label_sets import holds_lists, known_labels, label_set_text, read_label_sets


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([["b", "a"], []], [("a", "b"), ()]),
        ([np.array(["x"]), None], [("x",), None]),
        (["a, b", "b"], [("a", "b"), ("b",)]),
        (["a; b, c", "d; e"], [("a", "b, c"), ("d", "e")]),
        (["a|b", "b"], [("a", "b"), ("b",)]),
        (['["a", "b"]', "[]"], [("a", "b"), ()]),
        (["['a, b', 'c']", "[\"it's\", 'N/A']", "[]"], [("a, b", "c"), ("N/A", "it's"), ()]),
        (["['a' 'b, c']", "['c']"], [("a", "b, c"), ("c",)]),
        (["{'b', 'a'}", "set()", "('c',)"], [("a", "b"), (), ("c",)]),
        (["[a, b]", "(a), b", "{x}"], [("a", "b"), ("(a)", "b"), ("{x}",)]),
        (["a, a ,", np.nan], [("a",), None]),
        ([[1, 2.0], [2]], [("1", "2"), ("2",)]),
    ],
)
def test_read_label_sets(values, expected):
    assert read_label_sets(pd.Series(values, dtype=object)) == expected


def test_order_of_labels_does_not_matter():
    first, second = (pd.Series(values) for values in (["b, a", "c", "b"], ["a, b", "c", "b"]))
    assert read_label_sets(first) == read_label_sets(second)
    assert known_labels(read_label_sets(first)) == known_labels(read_label_sets(second)) == ("a", "b", "c")


def test_lists_are_detected():
    assert holds_lists(pd.Series([None, ["a"]], dtype=object))
    assert not holds_lists(pd.Series(["a, b"]))
    assert not holds_lists(pd.Series([None], dtype=object))


def test_what_was_written_is_read_again():
    sets = [("N/A", "a, b"), ("c",), ("x;y",), ("a|b", "c"), ("1",)]
    assert read_label_sets(pd.Series([label_set_text(one) for one in sets])) == sets


def test_known_labels_and_label_set_text():
    assert known_labels([("b",), None, ("a", "b")]) == ("a", "b")
    assert label_set_text(["a", "b"]) == "a, b"
