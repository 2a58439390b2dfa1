"""Forecasts of series without any history."""

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.knowledge import Knowledge

# Others whose forecasts are looked at.
_MOST_OTHERS = 1_000


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
    filled = raw.copy()
    kinds = _kinds(rows, knowledge)
    others = np.flatnonzero(~is_cold & np.isin(codes, np.unique(codes[~is_cold])[:_MOST_OTHERS]))
    for kind, step in {(int(kinds[at]), int(steps[at])) for at in np.flatnonzero(is_cold)}:
        alike = others[kinds[others] == kind]
        pool = alike if len(alike) else others
        near = np.abs(steps[pool] - step)
        known = raw[pool[near == near.min()]]
        forecast = np.append(np.median(known[:, 0]), np.quantile(known[:, 1:], LEVELS))
        filled[is_cold & (kinds == kind) & (steps == step)] = forecast
    return filled


def _kinds(rows: pd.DataFrame, knowledge: Knowledge) -> np.ndarray:
    """Return the same number for rows whose series have the same static columns, shape ``(n,)``."""
    static = list(task_of(knowledge.problem).static)
    if not static:
        return np.zeros(len(rows), dtype=np.int64)
    texts = rows[static].astype(str).agg("|".join, axis=1)
    return np.asarray(pd.factorize(texts)[0], dtype=np.int64)
