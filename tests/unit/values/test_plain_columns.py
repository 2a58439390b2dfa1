"""Tests of columns of any dtype: each becomes what its dtype means."""

import datetime as dt
import decimal
import enum
import fractions
import pathlib
import uuid

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podium_ml.errors import DataError
from podium_ml.values.plain_columns import plain_column, plain_value


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Size(enum.StrEnum):
    SMALL = "s"
    LARGE = "l"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Opaque:
    """An object whose text says nothing about it."""


# By case: the values of a column, and what they become.
DTYPES = {
    "sparse": (pd.arrays.SparseArray([0.0, 1.0, np.nan]), [0.0, 1.0, None]),
    "sparse booleans": (pd.arrays.SparseArray([True, False, False]), [True, False, False]),
    "half precision": (np.array([1, 2, 3], dtype="float16"), [1.0, 2.0, 3.0]),
    "long double": (np.array([1, 2, 3], dtype="longdouble"), [1.0, 2.0, 3.0]),
    "durations": (pd.to_timedelta([1, 2, None], unit="h"), [3600.0, 7200.0, None]),
    "periods": (pd.period_range("2020-01", periods=1, freq="M"), [pd.Timestamp("2020-01-01")]),
    "nullable integers": (pd.array([1, None, 3], dtype="Int64"), [1, None, 3]),
    "nullable booleans": (pd.array([True, None, False], dtype="boolean"), [True, None, False]),
    "Arrow texts": (pd.array(["a", None], dtype="string[pyarrow]"), ["a", None]),
    "Arrow decimals": (pd.array([1, None, 2], dtype=pd.ArrowDtype(pa.decimal128(9, 2))), [1.0, None, 2.0]),
    "Arrow integers": (pd.array([2**62 + 1, None, 2], dtype=pd.ArrowDtype(pa.int64())), [2**62 + 1, None, 2]),
    "Arrow lists": (pd.array([[1.0], None], dtype=pd.ArrowDtype(pa.list_(pa.float64()))), [[1.0], None]),
}
MOMENT = pd.Timestamp("2024-01-02")
OBJECTS = {
    "numbers": ([decimal.Decimal("0.5"), fractions.Fraction(1, 4), 2**70, None], [0.5, 0.25, 2**70, None]),
    "missing numbers": ([decimal.Decimal("NaN"), np.float32("nan"), pd.NA, None], [None] * 4),
    "duration objects": ([dt.timedelta(hours=1), np.timedelta64(1, "m")], [3600.0, 60.0]),
    "texts and numbers": (["A2", 1, 2.5, True], ["A2", 1, 2.5, True]),
    "NumPy texts": ([np.str_("a"), "b"], ["a", "b"]),
    "identifiers": ([uuid.UUID(int=7), None], ["00000000-0000-0000-0000-000000000007", None]),
    "enumerations": ([Colour.RED, None, Colour.BLUE], ["RED", None, "BLUE"]),
    "text enumerations": ([Size.SMALL, None, Size.LARGE], ["s", None, "l"]),
    "number enumerations": ([Level.LOW, Level.HIGH], ["LOW", "HIGH"]),
    "times of day": ([dt.time(3, 5), None], ["03:05:00", None]),
    "intervals": ([pd.Interval(0, 1), None], ["(0, 1]", None]),
    "paths": ([pathlib.PurePosixPath("/a"), None], ["/a", None]),
    "moments": ([np.datetime64("2024-01-02"), pd.Period("2024-01-02"), None], [MOMENT, MOMENT, None]),
    "lists": ([(1, 2), np.array([3, 4]), None, [5]], [[1, 2], [3, 4], None, [5]]),
    "images": ([np.eye(2)], [[1.0, 0.0, 0.0, 1.0]]),
    "sets": ([{"b", "a"}, frozenset(), None], [["a", "b"], [], None]),
}  # fmt: skip
CATEGORIES = {
    "numbers": (pd.Categorical([7, 14, None]), [7, 14, None]),
    "truths": (pd.Categorical([True, False, True]), [True, False, True]),
    "ordered texts": (pd.Categorical(["S", "L"], categories=["S", "M", "L"], ordered=True), ["S", "L"]),
    "bins": (pd.cut(pd.Series([0.0, 4.0, np.nan]), [-1, 2, 5]), ["(-1, 2]", "(2, 5]", None]),
    "intervals": (pd.arrays.IntervalArray.from_breaks([0, 1, 2]), ["(0, 1]", "(1, 2]"]),
    "periods": (pd.Categorical(pd.PeriodIndex(["2020"], freq="Y")), ["2020-01-01 00:00:00"]),
    "several types": (pd.Categorical([1, "1", "a", None]), ["1", "1", "a", None]),
    "Arrow dictionaries": (
        pd.array(["a", None], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        ["a", None],
    ),
}  # fmt: skip


def column(values) -> pd.Series:
    """Return a column with an unusual index, of objects if it is made of a list."""
    series = pd.Series(values, dtype=object) if isinstance(values, list) else pd.Series(values)
    return series.set_axis(range(10, 10 + len(series))).rename("c")


def plain(values) -> tuple[pd.Series, list]:
    series = column(values)
    before = series.copy(deep=True)
    made = plain_column(series)
    pd.testing.assert_series_equal(series, before)
    assert made.index.equals(series.index)
    assert made.name == "c"
    return made, [
        value if isinstance(value, list) or not pd.isna(value) else None for value in map(_listed, made)
    ]


def _listed(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("case", [*DTYPES, *OBJECTS])
def test_values_become_what_they_mean(case):
    values, expected = (DTYPES | OBJECTS)[case]
    assert plain(values)[1] == expected


@pytest.mark.parametrize("case", CATEGORIES)
def test_categories_stay_categories(case):
    values, expected = CATEGORIES[case]
    made, found = plain(values)
    assert isinstance(made.dtype, pd.CategoricalDtype)
    assert found == expected
    pa.array(made)  # can be stored


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.array([1 + 2j, 3]), "Complex numbers"),
        ([1j, 2, None], "Complex numbers"),
        ([Opaque(), Opaque()], "type Opaque"),
        ([Opaque(), "a"], "type Opaque"),
    ],
)
def test_values_without_a_meaning_are_refused_by_name(values, words):
    with pytest.raises(DataError, match=f"Column 'c'.*{words}") as caught:
        plain(values)
    assert caught.value.hint


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.dates(), st.datetimes(),
    st.times(), st.timedeltas(), st.uuids(), st.decimals(allow_nan=True), st.fractions(),
    st.sampled_from([*Colour, *Size, *Level, pd.NA, pd.NaT, pd.Interval(0, 1), pd.Period("2020")]),
    st.lists(st.integers()), st.sets(st.text()), st.dictionaries(st.text(), st.integers()),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(SCALARS, min_size=1, max_size=5))
@example([pd.NA])
def test_each_value_is_converted_on_its_own(values):
    whole = plain_column(column(values)).tolist()
    alone = [plain_column(column([value])).tolist()[0] for value in values]
    for one, other, value in zip(whole, alone, values, strict=True):
        assert type(one) is type(other)
        assert one is pd.NA or one == other or one != one
        assert type(plain_value(one)) is type(one)
        assert one is not None or value is None or isinstance(value, decimal.Decimal)
