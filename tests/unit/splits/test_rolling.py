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
