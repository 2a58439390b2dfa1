"""Tests of the texts of values."""

import pandas as pd

from podium_ml.values.plain_text import plain_texts


def test_true_and_one_are_different_texts_among_many_rows():
    column = pd.Series([1, True, "x"] * 20, dtype=object)
    codes, texts = plain_texts(column)
    assert [texts[code] for code in codes[:3]] == ["1", "True", "x"]
