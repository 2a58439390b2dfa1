"""A cheap importance of every column, for every model of the leaderboard."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import FeatureSchema, ModelImportance
from podium_ml.explanation.mixing import MOST_CELLS, features_by_column, shuffled
from podium_ml.explanation.own_importance import own_importance, shares_of

_MOST_ROWS, _LEAST_ROWS = 100, 5
_MAX_PREDICTIONS = 10_000
# Share of the time to plan for: the timing of a few rows is rough.
_PLANNED = 0.7


def cheap_importance(
    model: Any, X: pd.DataFrame, *, schema: FeatureSchema, seed: int = 0, seconds: float = 1.0
) -> ModelImportance:
    """Return how much a model relies on each of the user's columns.

    It is measured the same way for every kind of model, so that models can be compared: by how far a prediction moves,
    on average, when one column's values are shuffled across some rows (``movement``). The truth is not needed. A model
    that is too slow for that is asked for its own numbers (``own``): gains or coefficients. If it has none, its
    predictions of a few rows are used, even if they take longer.

    Args:
        model: Anything with ``predict_raw``.
        X: Features of some rows, shape ``(n, d)``; a sample of them is used.
        schema: The features.
        seed: Seed of sample and shuffle.
        seconds: About how long it may take.
    """
    made = features_by_column(schema)
    began = time.perf_counter()
    rng = np.random.default_rng(seed)
    few = X.iloc[np.sort(rng.permutation(len(X))[:_MOST_ROWS])].reset_index(drop=True)
    n = 0
    if seconds > 0 and made:
        model.predict_raw(few)
        per_row = (time.perf_counter() - began) / max(1, len(few))
        n = _rows_in_time(len(few), len(made), per_row=per_row, seconds=_PLANNED * seconds)
    if n < min(_LEAST_ROWS, len(few)) or len(few) < 2:
        own = own_importance(model, {feature.name: feature.source for feature in schema.features})
        if own is not None:
            return ModelImportance("own", own)
        n = _LEAST_ROWS
    if not made or len(few) < 2:
        return ModelImportance("movement", shares_of(dict.fromkeys(made, 0.0)))
    few = few.head(n)
    before = _matrix(model.predict_raw(few))
    # Every row gets the values of another row.
    cycle, order = rng.permutation(len(few)), np.empty(len(few), dtype=np.int64)
    order[cycle] = np.roll(cycle, 1)
    moved = _movements(model.predict_raw, few, before, made, order)
    return ModelImportance("movement", shares_of(moved), rows=len(few))


def _rows_in_time(rows: int, columns: int, *, per_row: float, seconds: float) -> int:
    affordable = min(_MAX_PREDICTIONS, seconds / max(per_row, 1e-9))
    return int(min(rows, affordable // columns))


def _movements(
    predict: Callable[[pd.DataFrame], np.ndarray],
    X: pd.DataFrame,
    before: np.ndarray,
    made: dict[str, list[str]],
    order: np.ndarray,
) -> dict[str, float]:
    """Return the mean absolute change of the predictions by column."""
    columns, features_of = list(made), list(made.values())
    step = max(1, MOST_CELLS // max(1, X.size))
    moved: dict[str, float] = {}
    for first in range(0, len(columns), step):
        positions = [np.array([at]) for at in range(first, min(first + step, len(columns)))]
        after = _matrix(predict(shuffled(X, positions, order, features_of=features_of)))
        changes = np.abs(after.reshape(len(positions), *before.shape) - before).mean(axis=(1, 2))
        moved |= zip(columns[first : first + step], changes.tolist(), strict=True)
    return moved


def _matrix(raw: np.ndarray) -> np.ndarray:
    return np.asarray(raw, dtype=np.float64).reshape(len(raw), -1)
