"""Measures how long a single row takes, from the user's columns to the prediction."""

import statistics
from typing import Any

import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.kinds import KINDS
from podium_ml.run.stopwatch import Stopwatch

_ROWS = 5
# Slow models are measured fewer times, but always at least once after the first prediction.
_ENOUGH_SECONDS = 0.3


def measure_latency(problem: Problem, featurizer: Any, model: Any, *, rows: pd.DataFrame) -> float:
    """Return the median seconds of a few predictions of one row. The first one is a warm-up and does not count.

    Args:
        problem: The problem.
        featurizer: The fitted featurizer.
        model: The model.
        rows: Raw training rows, at least one.
    """
    predictor = KINDS[problem.kind].make_predictor(problem, featurizer, model, name="")
    times = []
    for turn in range(_ROWS + 1):
        row = rows.iloc[[turn % len(rows)]]
        stopwatch = Stopwatch()
        predictor.predict_raw(row)
        times.append(stopwatch.seconds())
        if turn and sum(times) > _ENOUGH_SECONDS:
            break
    return statistics.median(times[1:])
