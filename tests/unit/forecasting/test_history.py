"""The past of series in flat arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium_ml.forecasting.history import Past, chunks


def past_of(rows):
    """Return the past of (series, step, value) rows."""
    table = np.array(rows, dtype=float)
    return Past.of(table[:, :2], table[:, 2])


def test_rows_in_any_order_become_series_with_gaps():
    past = past_of([(7, 12, 3.0), (2, 5, 1.0), (7, 10, 2.0), (2, 6, np.nan)])
    assert past.codes.tolist() == [2, 7]
    assert past.lengths.tolist() == [1, 3]
    assert past.lasts.tolist() == [5, 12]
    np.testing.assert_array_equal(past[7].values, [2.0, np.nan, 3.0])
    assert past.find(np.array([7, 3, 2])).tolist() == [1, -1, 0]
    np.testing.assert_array_equal(past.at(np.array([1, 1, 0]), np.array([12, 13, 5])), [3.0, np.nan, 1.0])


def test_newer_rows_replace_older_ones_of_the_same_step():
    assert past_of([(0, 1, 1.0), (0, 2, 2.0), (0, 1, 5.0)])[0].values.tolist() == [5.0, 2.0]


def test_gaps_take_the_season_before_else_a_line():
    weekly = past_of([(0, t, float(t % 3)) for t in range(12) if t not in (4, 7)])
    assert weekly.filled(3)[0].values.tolist() == [t % 3 for t in range(12)]
    line = past_of([(0, 0, 0.0), (0, 4, 4.0), (1, 0, 9.0)])
    assert line.filled()[0].values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_a_far_away_row_does_not_fill_the_memory():
    past = past_of([(0, 0, 1.0), (0, 10**12, 2.0), (0, 10**12 + 1, 3.0), (1, 5, 1.0)])
    assert past[0].values.tolist() == [2.0, 3.0]


def test_matrices_are_aligned_at_the_end():
    matrix = past_of([(0, t, t) for t in range(4)] + [(1, t, -t) for t in range(2)]).matrix(3)
    np.testing.assert_array_equal(matrix, [[1, 2, 3], [np.nan, 0, -1]])


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 50), max_size=40), most=st.integers(1, 200))
def test_chunks_hold_each_row_once_and_not_too_much(sizes, most):
    groups = chunks(sizes, most)
    assert sorted(np.concatenate([np.empty(0, dtype=int), *groups]).tolist()) == list(range(len(sizes)))
    assert all(len(group) == 1 or len(group) * max(sizes[at] for at in group) <= most for group in groups)


@pytest.mark.parametrize("count", [20_000])
def test_many_series_take_no_loop(count):
    codes = np.repeat(np.arange(count), 20)
    X = np.column_stack([codes, np.tile(np.arange(20), count)]).astype(float)
    past = Past.of(X, np.arange(len(X), dtype=float))
    part = past.subset(np.arange(0, count, 2))
    assert part[count - 2].values[0] == (count - 2) * 20
    assert len(past) == count
