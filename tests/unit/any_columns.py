"""Columns of any content, for property tests: what people's tables hold, and what no table should hold."""

import datetime as dt
import math

import numpy as np
import pandas as pd
from hypothesis import strategies as st

_LARGEST = np.finfo(np.float64).max


def _neighbours(start: float) -> st.SearchStrategy[list[float]]:
    """Floats next to each other, such as 1 and 0.9999999999999999."""
    near = [start, math.nextafter(start, math.inf), math.nextafter(start, -math.inf)]
    return st.lists(st.sampled_from(near), min_size=1, max_size=40)


def _long_ids() -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(900_000_000_000_000_000, 900_000_000_000_000_300), min_size=1, max_size=40)


_FLOATS = st.floats(allow_nan=True, allow_infinity=True)
_NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.1, 1e16, 9e17, 1e300, _LARGEST, -_LARGEST, 5e-324, 1e-300]).flatmap(
        _neighbours
    ),
    st.lists(_FLOATS, max_size=40),
    st.lists(st.sampled_from([_LARGEST, -_LARGEST, 0.0, np.inf, -np.inf, np.nan]), max_size=40),
    st.tuples(_FLOATS, st.integers(1, 30)).map(lambda pair: [pair[0]] * pair[1]),
)
_CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    _FLOATS,
    st.text(max_size=8),
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(),
    st.decimals(allow_nan=False),  # pandas cannot tell whether a signaling NaN is missing
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2),
)
_MOMENTS = st.lists(
    st.one_of(st.none(), st.datetimes(min_value=dt.datetime(1, 1, 1), max_value=dt.datetime(9999, 12, 31))),
    max_size=30,
)


def any_column() -> st.SearchStrategy[pd.Series]:
    """Columns of every type, with missing values, extreme ones and mixtures."""
    return st.one_of(
        _NUMBERS.map(lambda values: pd.Series(values, dtype=np.float64)),
        st.lists(st.floats(width=32), max_size=40).map(lambda values: pd.Series(values, dtype=np.float32)),
        _long_ids().map(lambda values: pd.Series(values, dtype=np.int64)),
        st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), max_size=30).map(
            lambda values: pd.Series(values, dtype="Int64")
        ),
        st.lists(st.booleans(), max_size=30).map(lambda values: pd.Series(values, dtype=bool)),
        _MOMENTS.map(lambda values: pd.Series(np.array(values, dtype="datetime64[us]"))),
        st.lists(st.text(max_size=12), max_size=30).map(lambda values: pd.Series(values, dtype="str")),
        st.lists(st.text(max_size=3), min_size=1, max_size=30).map(
            lambda values: pd.Series(values, dtype="category")
        ),
        st.lists(_CELLS, max_size=30).map(lambda values: pd.Series(values, dtype=object)),
    )
