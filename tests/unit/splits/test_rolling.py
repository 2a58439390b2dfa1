"""Tests of rolling origins: windows, their distance, and the gap before them."""

import numpy as np
import pytest

from podium_ml.contracts import Problem, SeriesTask
from podium_ml.splits.rolling import rolling_folds


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
