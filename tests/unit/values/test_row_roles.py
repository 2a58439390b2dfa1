"""Tests of columns that describe rows."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.values.row_roles import read_times


@pytest.mark.parametrize(
    ("column", "times"),
    [
        (pd.Series([5, -3, 5]), [5, -3, 5]),
        (pd.Series([5, 7, None], dtype="Int64"), [1, 2, 0]),
        (pd.Series([2**64 - 1, 0], dtype="uint64"), [1, 0]),
        (pd.Series([0.5, np.nan, -1.0]), [2, 0, 1]),
        (pd.Series(["2024-01-02", "2024-01-01", None]), [2, 1, 0]),
    ],
)
def test_times_are_sortable_and_whole_numbers_stay(column: pd.Series, times: list[int]) -> None:
    found = read_times(column)
    assert found.dtype == np.int64
    assert found.tolist() == times
