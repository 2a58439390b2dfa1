"""Tests of columns of categories, free text and lists."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.tabular.features._categories import CategoryColumn
from podium_ml.tabular.features._lists import ListColumn
from podium_ml.tabular.features._texts import TextColumn
from podium_ml.values.distinct import FEW_ROWS
from podium_ml.values.plain_text import plain_text, plain_texts


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2, None], dtype="Int64"),
        pd.Series([1.0, 2.0, None]),
        pd.Series(["1", " 2 ", ""]),
        pd.Series(["1.0", "2.00", None]),
        pd.Series([1, "2", None], dtype=object),
        pd.Series(["1", "2", None], dtype="category"),
        pd.Series([1.0, 2.0, None], dtype="category"),
        pd.Series([b"1", np.int8(2), pd.NA], dtype=object),
    ],
)
@pytest.mark.parametrize("times", [1, FEW_ROWS])
def test_category_does_not_depend_on_the_type(column: pd.Series, times: int) -> None:
    category = CategoryColumn().transform(pd.concat([column] * times))[0].categorical()
    assert category.tolist()[:2] == ["1", "2"]
    assert category.isna()[2]
    assert sorted(category.categories) == ["1", "2"]


def test_plain_text() -> None:
    assert [plain_text(t) for t in ("007", "1.10", "1.5", "-3.0", "1e5", "True")] == [
        "007",
        "1.10",
        "1.5",
        "-3",
        "1e5",
        "True",
    ]
    assert [plain_text(v) for v in (1.5, True, 1e20, np.nan, pd.NaT, np.float32(2))] == [
        *("1.5", "True", "100000000000000000000", None, None, "2")
    ]


def test_unhashable_values() -> None:
    codes, texts = plain_texts(pd.Series([[1], {"a": 1}, [1], None] * FEW_ROWS, dtype=object))
    assert codes[0] == codes[2]
    assert codes[3] == -1
    assert len(texts) == 2


def test_infinite_category() -> None:
    assert plain_text(float("inf")) == "inf"


def test_text_with_counts() -> None:
    texts, lengths, words = TextColumn().transform(
        pd.Series(["good wine", None, 5, b"ab", "\ud800"], dtype=object)
    )
    assert texts.tolist() == ["good wine", "", "5", "ab", "?"]
    assert lengths.tolist()[2:] == [1, 2, 1]
    assert words[0] == 2
    assert np.isnan(lengths[1])


@pytest.mark.parametrize(
    ("values", "items"),
    [
        (["a1;b2", "c3", None], [2, 1, np.nan]),
        (["a1, b2", "c3", ""], [2, 1, np.nan]),
        (["a1|b2|c3", "", "d4"], [3, np.nan, 1]),
        (['["a1", "b2"]', "[]", "[1]"], [2, 0, 1]),
        (["['a1', 'b2']", "['x']", None], [2, 1, np.nan]),
        ([["a1", "b2"], [], None], [2, 0, np.nan]),
        ([np.array([1.0, 2.5]), (), {"k": 1}], [2, 0, 1]),
        (["one two", "three", None], [2, 1, np.nan]),
        ([5, np.nan, "x"], [1, np.nan, 1]),
    ],
)
def test_lists(values: list[object], items: list[float]) -> None:
    column = pd.Series(values, dtype=object)
    texts, counts = ListColumn.plan(column).transform(column)
    np.testing.assert_array_equal(counts, items)
    assert [len(text.split()) for text in texts] == np.nan_to_num(items).tolist()


def test_list_items_become_distinct_identifiers() -> None:
    column = pd.Series(["C++;C#;c", "red wine;red-wine;red_wine"])
    words = " ".join(ListColumn.plan(column).transform(column)[0]).split()
    assert len(set(words[:5])) == 5
    assert all(word.isidentifier() for word in words)
