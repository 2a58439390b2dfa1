"""Forecasts of test rows, window by window."""

from typing import Any

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.newer_history import with_rows
from podium_ml.splits.rolling import steps_before_end


def predict_windows(model: Any, table: FeatureTable, problem: Problem) -> np.ndarray:
    """Return forecasts of test rows, shape ``(n, 1 + q)``: each horizon from what came before it, with one model.

    Args:
        model: A ``BaggedModel``, which knows the training rows.
        table: The test rows.
        problem: Tells the horizon and the number of windows.
    """
    task = task_of(problem)
    assert table.time is not None
    place = steps_before_end(task.end, table.group, table.time)
    if task.test_windows < 2 or place.max(initial=0) < task.horizon:
        return np.asarray(model.predict_raw(table.X))
    raw = np.full((len(place), len(model.folds[0].target.outputs(problem))), np.nan)
    window = np.minimum(place // task.horizon, task.test_windows - 1)
    for one in np.unique(window)[::-1]:
        rows = np.flatnonzero(window == one)
        before = np.flatnonzero(place >= (one + 1) * task.horizon + task.gap)
        known = with_rows(model, table.X.iloc[before], table.y[before, 0]) if len(before) else model
        raw[rows] = known.predict_raw(table.X.iloc[rows])
    return raw
