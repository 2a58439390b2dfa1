"""Tests of rolling origins: windows, their distance, and the gap before them."""

import numpy as np
import pytest

from podium_ml.contracts import Problem, SeriesTask
from podium_ml.contracts.targets import Targets
from podium_ml.splits.rolling import rolling_folds, window_folds


def folds(steps=20, **fields):
    task = SeriesTask(horizon=3, time_column="t", **fields)
    problem = Problem("p", "forecasting", "y", "mase", (), kind="forecasting", series=task)
    return rolling_folds(problem, group=None, time=np.arange(steps))


@pytest.mark.parametrize(
    ("fields", "valid", "last"),
    [
        ({"windows": 1}, [[17, 18, 19]], [16]),
        ({"windows": 2}, [[14, 15, 16], [17, 18, 19]], [13, 16]),
        ({"windows": 2, "window_step": 5}, [[12, 13, 14], [17, 18, 19]], [11, 16]),
        ({"windows": 2, "gap": 2}, [[14, 15, 16], [17, 18, 19]], [11, 14]),
    ],
)
def test_windows_end_at_the_end_and_learn_from_what_came_before(fields, valid, last):
    found = folds(**fields)
    assert [part.tolist() for _, part in found] == valid
    assert [train.tolist() for train, _ in found] == [list(range(end + 1)) for end in last]


def uneven():
    """Return codes and steps of series that end at 19, 18 and 11, and of one that lacks a step."""
    steps = [range(20), range(19), range(12), [*range(14), *range(15, 20)]]
    return np.repeat(np.arange(4), [len(one) for one in steps]), np.concatenate([list(one) for one in steps])


@pytest.mark.parametrize("gap", [0, 2])
def test_series_that_end_at_different_times_have_the_same_windows(gap):
    codes, time = uneven()
    task = SeriesTask(horizon=3, time_column="t", windows=3, test_windows=0, gap=gap, end=19)
    problem = Problem("p", "forecasting", "y", "mase", (), kind="forecasting", series=task)
    found = rolling_folds(problem, group=codes, time=time)
    assert [(time[valid].min(), time[valid].max()) for _, valid in found] == [(11, 13), (14, 16), (17, 19)]
    assert [time[train].max() for train, _ in found] == [10 - gap, 13 - gap, 16 - gap]
    # The one that ended is learned from, and compared where it has rows.
    assert [np.unique(codes[valid]).tolist() for _, valid in found] == [[0, 1, 2, 3], [0, 1, 3], [0, 1, 3]]
    targets = Targets(y=np.zeros((len(time), 3)), group=codes, time=time)
    rows = np.sort(np.concatenate([valid for _, valid in found]))
    parts = [np.unique(time[rows[valid]]).tolist() for _, valid in window_folds(problem, targets, rows)]
    assert parts == [[17, 18, 19], [14, 15, 16], [11, 12, 13]]


def test_windows_of_training_rows_end_where_the_test_begins():
    task = SeriesTask(horizon=3, time_column="t", windows=1, test_windows=2, gap=1, end=19)
    problem = Problem("p", "forecasting", "y", "mase", (), kind="forecasting", series=task)
    ((train, valid),) = rolling_folds(problem, group=None, time=np.arange(13))
    assert (train.tolist(), valid.tolist()) == (list(range(9)), [10, 11, 12])


def test_series_of_their_own_time_have_windows_of_their_own():
    codes, time = uneven()
    task = SeriesTask(horizon=3, time_column="t", windows=1)
    problem = Problem("p", "forecasting", "y", "mase", (), kind="forecasting", series=task)
    ((_, valid),) = rolling_folds(problem, group=codes, time=time)
    assert [time[valid][codes[valid] == code].max() for code in range(4)] == [19, 18, 11, 19]


def test_models_of_very_many_series_are_compared_on_an_even_part_of_them():
    count, horizon = 40_000, 10
    task = SeriesTask(horizon=horizon, time_column="t", labels=tuple((str(at),) for at in range(count)))
    problem = Problem("p", "forecasting", "y", "mase", (), kind="forecasting", series=task)
    codes, time = np.repeat(np.arange(count), 12), np.tile(np.arange(12), count)
    ((train, valid),) = rolling_folds(problem, group=codes, time=time)
    assert len(train) == 2 * count
    assert len(valid) == pytest.approx(300_000, rel=0.01)
    chosen = np.unique(codes[valid])
    assert len(valid) == horizon * len(chosen)
    assert np.diff(chosen).max() <= 3
    # The part of a shard is that of all.
    own = codes % 4 == 1
    ((_, some),) = rolling_folds(problem, group=codes[own], time=time[own])
    np.testing.assert_array_equal(np.unique(codes[own][some]), chosen[chosen % 4 == 1])
