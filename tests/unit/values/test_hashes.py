"""Hashes differ where values differ, and are equal where values are."""

import tracemalloc

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from podium_ml.values.hashes import value_hashes

LONG = 900_000_000_000_000_000


def test_long_integers_that_share_a_float_have_different_hashes() -> None:
    assert float(LONG + 9) == float(LONG + 33)
    assert len(set(value_hashes(pd.Series([LONG + 9, LONG + 33])).tolist())) == 2


def test_equal_numbers_of_other_types_have_equal_hashes() -> None:
    for values in ([1, 2], [LONG, 2**62]):
        whole, floats = pd.Series(values), pd.Series(values, dtype=np.float64)
        assert value_hashes(whole).tolist() == value_hashes(floats).tolist()
        assert value_hashes(whole.astype("Int64")).tolist() == value_hashes(whole).tolist()


@given(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=50))
def test_distinct_integers_have_distinct_hashes(values: list[int]) -> None:
    assert len(set(value_hashes(pd.Series(values, dtype=np.int64)).tolist())) == len(values)


def test_hashes_of_bytes_take_little_memory():
    pictures = [bytes([at]) * 100_000 for at in range(200)]
    values = pd.Series([*pictures, pictures[7], None], dtype=object)
    tracemalloc.start()
    hashes = value_hashes(values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    assert hashes[200] == hashes[7]
    assert len(set(hashes)) == 201
