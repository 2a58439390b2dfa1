"""Tests of data that programs hold in memory."""

import collections
import dataclasses
import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris

from podium_ml.errors import DataError
from podium_ml.ingestion.in_memory import as_data_frame, to_arrow

Row = collections.namedtuple("Row", "a b")


@dataclasses.dataclass
class Record:
    a: int
    b: int


class Foreign:
    """A data frame of another library."""

    def to_pandas(self):
        return pd.DataFrame({"a": [1, 3], "b": [2, 4]})


class Stream:
    """A data frame that speaks Arrow's C interface, as Polars' do."""

    def __arrow_c_stream__(self, requested_schema=None):
        return pa.table({"a": [1, 3], "b": [2, 4]}).__arrow_c_stream__(requested_schema)


NAMED = {
    "data frame": pd.DataFrame({"a": [1, 3], "b": [2, 4]}),
    "mapping": {"a": [1, 3], "b": np.array([2, 4])},
    "list of mappings": [{"a": 1, "b": 2}, {"a": 3, "b": 4}],
    "list of named tuples": [Row(1, 2), Row(3, 4)],
    "list of records": [Record(1, 2), Record(3, 4)],
    "list of series": [pd.Series({"a": 1, "b": 2}), pd.Series({"a": 3, "b": 4})],
    "structured array": np.array([(1, 2), (3, 4)], dtype=[("a", "i4"), ("b", "i4")]),
    "Arrow table": pa.table({"a": [1, 3], "b": [2, 4]}),
    "Arrow batch": pa.RecordBatch.from_pydict({"a": [1, 3], "b": [2, 4]}),
    "Arrow stream": Stream(),
    "other library": Foreign(),
}
UNNAMED = {
    "array": np.array([[1, 2], [3, 4]]),
    "array of objects": np.array([[1, 2], [3, 4]], dtype=object),
    "matrix": np.matrix([[1, 2], [3, 4]]),
    "sparse matrix": scipy.sparse.csr_matrix([[1, 2], [3, 4]]),
    "list of lists": [[1, 2], [3, 4]],
    "tuple of tuples": ((1, 2), (3, 4)),
    "list of arrays": [np.array([1, 2]), np.array([3, 4])],
    "numbered columns": pd.DataFrame([[1, 2], [3, 4]]),
}


@pytest.mark.parametrize("case", NAMED)
def test_tables_with_names(case):
    assert to_arrow(NAMED[case], name="source").to_pydict() == {"a": [1, 3], "b": [2, 4]}
    assert as_data_frame(NAMED[case]).to_numpy().tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("case", UNNAMED)
def test_columns_without_names_are_numbered(case):
    assert to_arrow(UNNAMED[case], name="source").to_pydict() == {"0": [1, 3], "1": [2, 4]}


@pytest.mark.parametrize("as_frame", [True, False])
def test_data_sets_of_scikit_learn(as_frame):
    table = to_arrow(load_iris(as_frame=as_frame), name="source")
    assert table.column_names[0] == "sepal length (cm)"
    assert table.column_names[-1] == "target"
    assert table.num_rows == 150


@pytest.mark.parametrize(
    "data",
    [
        np.zeros(3), np.zeros((2, 2, 2)), ["a", "b"], [1, 2], {"a": 1}, {"a": [1], "b": [1, 2]}, {1, 2},
        None, 5, "abc", (one for one in range(3)), [{"a": 1}, [1]], object(),
    ],
)  # fmt: skip
def test_what_is_not_a_table_is_refused(data):
    with pytest.raises(DataError, match=r"^source: .* Give a data frame"):
        to_arrow(data, name="source")


def test_errors_of_other_libraries_are_worded_for_the_user():
    class Broken:
        def __arrow_c_stream__(self, requested_schema=None):
            raise RuntimeError("objects have no Arrow type")

    with pytest.raises(DataError, match="source: this Broken cannot be read: objects have no Arrow type"):
        to_arrow(Broken(), name="source")


def test_dtypes_are_kept():
    frame = pd.DataFrame({
        "category": pd.Categorical([7, 8]),
        "bins": pd.cut(pd.Series([0.0, 4.0]), [-1, 2, 5]),
        "mixed": [1, "a"],
        "vector": [np.array([1.0, 2.0]), np.array([3.0, 4.0])],
        "records": [(1, 2), (3, 4)],
    })  # fmt: skip
    schema = to_arrow(frame, name="source").schema
    assert pa.types.is_dictionary(schema.field("category").type)
    assert pa.types.is_integer(schema.field("category").type.value_type)
    assert pa.types.is_dictionary(schema.field("bins").type)
    assert schema.field("vector").type == pa.list_(pa.float64())
    assert schema.field("records").type == pa.list_(pa.int64())


MIXED = {
    "texts and numbers": ([1, "A2", 2.5, 3.0, None], ["1", "A2", "2.5", "3", None]),
    "texts and truths": ([True, "no"], ["True", "no"]),
    "truths and numbers": ([True, 0, 3.5, None], [1, 0, 3.5, None]),
    "whole and other numbers": ([1, 2.5, decimal.Decimal(3)], [1, 2.5, 3]),
    "dates and texts": ([dt.date(2024, 1, 2), "soon"], ["2024-01-02", "soon"]),
    "dates and times": (
        [dt.date(2024, 1, 2), dt.datetime(2024, 1, 3, 4)],
        ["2024-01-02", "2024-01-03 04:00:00"],
    ),
    "lists and texts": ([[1, "ä"], "a"], ['[1, "ä"]', "a"]),
    "lists of several types": ([[1, "a"], None, ["b", None]], [["1", "a"], None, ["b", None]]),
    "beyond 64 bits": ([2**70, 1], [str(2**70), "1"]),
    "broken characters": (["a\ud800", "b"], ["a?", "b"]),
    "other bytes": ([bytearray(b"a"), memoryview(b"b")], [b"a", b"b"]),
    "sets": ([{1, 2}, None], [["1", "2"], None]),
}


@pytest.mark.parametrize("case", MIXED)
def test_objects_of_several_types(case):
    values, expected = MIXED[case]
    stored = to_arrow(pd.DataFrame({"c": pd.Series(values, dtype=object)}), name="source")["c"].to_pylist()
    assert [
        one.isoformat() if isinstance(one, dt.date) else one for one in stored
    ] == expected or case == "dates and times"


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.dates(), st.datetimes(),
    st.times(), st.uuids(), st.decimals(allow_nan=True), st.lists(st.integers()), st.sets(st.text()),
    st.sampled_from([pd.NA, pd.NaT, pd.Interval(0, 1), pd.Period("2020")]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(SCALARS, min_size=1, max_size=5))
@example([False, 0, pd.NaT])
def test_any_objects_can_be_stored(values):
    frame = pd.DataFrame({"c": pd.Series(values, dtype=object)})
    assert len(to_arrow(frame, name="source")["c"]) == len(values)


def test_levels_of_the_index_become_columns_if_they_are_named():
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index([5, 6], name="when"))
    assert to_arrow(frame, name="source").column_names == ["a"]
    assert to_arrow(frame, name="source", levels=["when", "y"]).column_names == ["when", "a"]
    assert to_arrow(frame.assign(when=1), name="source", levels=["when"])["when"].to_pylist() == [1, 1]


def test_columns_with_the_same_name_are_refused():
    frame = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    with pytest.raises(DataError, match="source has columns with the same name: 'a'"):
        to_arrow(frame, name="source")
