"""Tests of the distinct values of a column."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.values.distinct import FEW_ROWS, distinct_texts, distinct_values
from podium_ml.values.labels import canonical, canonical_labels, count_labels

MANY = FEW_ROWS + 1
COLUMNS = {
    "texts": ["b", "a", None, "b"] * MANY,
    "integers": [3, 1, 3, 2] * MANY,
    "floats with gaps": [1.5, np.nan, 1.0, 1.5] * MANY,
    "truths beside numbers": [True, 1, 0, False, "1", 1.0, None] * MANY,
    "truths and no numbers": [True, False, None, "True"] * MANY,
    "lists": [[1], [2], [1]] * MANY,
    "few": [True, 1, None],
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("dtype", [object, None])
def test_positions_lead_to_the_values(name, dtype):
    values = COLUMNS[name]
    column = pd.Series(values, dtype=dtype)
    rows, distinct = distinct_values(column)
    assert len(rows) == len(column)
    for value, at in zip(column, rows, strict=True):
        if isinstance(value, list) or not pd.isna(value):
            assert distinct[at] == value
            assert isinstance(distinct[at], bool) == isinstance(value, bool)
        else:
            assert at == -1 or pd.isna(distinct[at])


def test_distinct_values_are_few():
    assert distinct_values(pd.Series(COLUMNS["texts"]))[1] == ["b", "a"]
    assert distinct_values(pd.Series(COLUMNS["truths beside numbers"], dtype=object))[1] == [
        True,
        1,
        0,
        False,
        "1",
    ]
    assert distinct_values(pd.Series(COLUMNS["texts"], dtype="category"))[1] == ["a", "b"]


def test_only_texts_are_texts():
    assert distinct_texts(pd.Series([1, "1", None, "b", "b"] * MANY, dtype=object)) == {"1", "b"}


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "lists"])
def test_labels_are_those_of_the_rows(name):
    column = pd.Series(COLUMNS[name], dtype=object)
    codes, labels = canonical_labels(column)
    for value, code in zip(column, codes, strict=True):
        assert code == -1 if pd.isna(value) else labels[code] == canonical(value)
    known = column.dropna().map(canonical)
    assert count_labels(column).to_dict() == known.value_counts().to_dict()
    assert len(labels) == known.nunique()
