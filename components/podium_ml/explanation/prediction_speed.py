"""Prediction speed of a model, for planning what fits into the time."""

import math
import time
from dataclasses import dataclass

import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.run.budget import Deadline

_FEW, _SOME, _MORE = 5, 25, 105
# Assume that a call costs at most as much as this many rows, even if two noisy timings suggest more.
_ROWS_PER_CALL = 1000
_MAX_ROUNDS, _ENOUGH_SECONDS = 3, 0.15
# Share of the remaining time to plan for.
_PLANNED = 0.8
# If a call of a few rows takes more than this share of the remaining time, the other timing is of fewer rows.
_SLOW = 0.02


@dataclass(frozen=True)
class PredictionSpeed:
    """Time that predictions take.

    Attributes:
        per_call: Seconds per call, regardless of its rows.
        per_row: Seconds that each row adds.
    """

    per_call: float
    per_row: float

    def affordable(self, deadline: Deadline, *, calls: int = 1) -> float:
        """Return how many rows can be predicted in a number of calls; infinite without a deadline."""
        seconds = _PLANNED * deadline.remaining() - calls * self.per_call
        return math.inf if math.isinf(seconds) else max(0.0, seconds / self.per_row)


def measure_speed(model: ColumnModel, X: pd.DataFrame, *, deadline: Deadline) -> PredictionSpeed:
    """Time predictions of a few rows and of more rows; repeat if that is quick, and keep the best times.

    Args:
        model: The model.
        X: Features, shape ``(n, d)``.
        deadline: When to finish; slow models are timed once, on fewer rows.
    """
    few = X.head(_FEW)
    short, long, spent = math.inf, math.inf, 0.0
    for _ in range(_MAX_ROUNDS):
        short = min(short, _seconds(model, few))
        if deadline.passed():
            return PredictionSpeed(short, max(1e-6, short / _ROWS_PER_CALL))
        more = X.head(_SOME if short > _SLOW * deadline.remaining() else _MORE)
        long = min(long, _seconds(model, more))
        spent += short + long
        if spent > min(_ENOUGH_SECONDS, _SLOW * deadline.remaining()):
            break
    per_row = (long - short) / max(1, len(more) - len(few))
    return PredictionSpeed(short, max(1e-6, short / _ROWS_PER_CALL, per_row))


def _seconds(model: ColumnModel, X: pd.DataFrame) -> float:
    started = time.perf_counter()
    model.predict(X)
    return time.perf_counter() - started
