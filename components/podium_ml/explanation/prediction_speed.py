"""How fast a model predicts, to know beforehand what the time suffices for."""

import math
import time
from dataclasses import dataclass

import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.run.budget import Deadline

_FEW, _MORE = 5, 105
# A call costs no more than so many rows; the difference of two noisy times may say otherwise.
_ROWS_A_CALL = 1000
_MOST_ROUNDS, _ENOUGH_SECONDS = 3, 0.15
# Share of the time that is planned for.
_CAUTION = 0.8


@dataclass(frozen=True)
class PredictionSpeed:
    """Seconds that predictions take.

    Attributes:
        per_call: Seconds of a call whatever its rows.
        per_row: Seconds that each row adds.
    """

    per_call: float
    per_row: float

    def affordable(self, deadline: Deadline, *, calls: int = 1) -> float:
        """Return how many rows can be predicted in a number of calls; infinite without a deadline."""
        seconds = _CAUTION * deadline.remaining() - calls * self.per_call
        return math.inf if math.isinf(seconds) else max(0.0, seconds / self.per_row)


def measure_speed(model: ColumnModel, X: pd.DataFrame, *, deadline: Deadline) -> PredictionSpeed:
    """Predict a few rows and some more, again and again if that is quick, and take the best times.

    Args:
        model: The model.
        X: Features, shape ``(n, d)``.
        deadline: When it passes, what was measured until then must do.
    """
    few, more = X.head(_FEW), X.head(_MORE)
    short, long, spent = math.inf, math.inf, 0.0
    for _ in range(_MOST_ROUNDS):
        short = min(short, _seconds(model, few))
        if deadline.passed():
            return PredictionSpeed(short, max(1e-6, short / _ROWS_A_CALL))
        long = min(long, _seconds(model, more))
        spent += short + long
        if spent > _ENOUGH_SECONDS:
            break
    per_row = (long - short) / max(1, len(more) - len(few))
    return PredictionSpeed(short, max(1e-6, short / _ROWS_A_CALL, per_row))


def _seconds(model: ColumnModel, X: pd.DataFrame) -> float:
    started = time.perf_counter()
    model.predict(X)
    return time.perf_counter() - started
