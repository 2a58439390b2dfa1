"""Forecasts of series without any history."""

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.prediction.knowledge import Knowledge


def check_cold(knowledge: Knowledge) -> None:
    """Refuse series without history that nothing is known of.

    Raises:
        DataError: Names one of them.
    """
    if knowledge.cold.any() and not knowledge.columns:
        name = ", ".join(knowledge.labels[int(knowledge.cold.argmax())])
        raise DataError(
            f"Series '{name}' is not in the training data, and the model has no static or known columns to go by.",
            "Give its history: podium forecast RUN history.csv.",
        )


def fill_cold(raw: np.ndarray, rows: pd.DataFrame, knowledge: Knowledge) -> np.ndarray:
    """Return forecasts in which series without history have those of the others at the same step.

    The point is the median of the others', and the quantiles are those of all their quantiles together. The others are
    those with the same static columns, if there are any.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        rows: The rows of the future.
        knowledge: What is known.
    """
    codes, steps = rows[SERIES].to_numpy(dtype=np.int64), rows[STEP].to_numpy(dtype=np.int64)
    is_cold = knowledge.cold[codes]
    if not is_cold.any():
        return raw
    filled, static = raw.copy(), list(knowledge.problem.series.static) if knowledge.problem.series else []
    kind = rows[static].astype(str).agg("|".join, axis=1).to_numpy() if static else np.zeros(len(rows))
    for at in np.flatnonzero(is_cold):
        others = ~is_cold & (kind == kind[at])
        others = others if others.any() else ~is_cold
        near = np.abs(steps[others] - steps[at])
        pool = raw[others][near == near.min()]
        filled[at] = np.append(np.median(pool[:, 0]), np.quantile(pool[:, 1:], LEVELS))
    return filled
