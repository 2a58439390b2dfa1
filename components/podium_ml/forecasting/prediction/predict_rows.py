"""Forecasts of the very rows that a user gives, in their order."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import DataError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.prediction.forecast import forecast_rows
from podium_ml.forecasting.prediction.future_rows import with_columns
from podium_ml.forecasting.prediction.given_rows import read_given
from podium_ml.forecasting.prediction.knowledge import Knowledge
from podium_ml.forecasting.prediction.levels import at_levels
from podium_ml.forecasting.prediction.newer_history import past_of, read_newer, until


def predict_rows(rows: Any, knowledge: Knowledge, levels: Sequence[float]) -> np.ndarray:
    """Return the point and quantiles of each row, NaN for rows of the past, shape ``(n, 1 + len(levels))``.

    Args:
        rows: Rows of the future; rows with a value of the target are history.
        knowledge: What the model knows.
        levels: Levels of the quantiles.

    Raises:
        DataError: No row is after the end of its series, or a column that is known in advance has no value.
    """
    problem = knowledge.problem
    given = read_given(rows, problem)
    if problem.target in given.table and given.table[problem.target].notna().any():
        newer = read_newer(rows, problem, knowledge.past)
        knowledge = knowledge.with_history(newer)
    else:
        knowledge = knowledge.with_plan(given.table, given.labels)
    table = given.table[[SERIES, STEP]]
    future = (table[STEP] > knowledge.ends[table[SERIES]]).to_numpy() | knowledge.cold[table[SERIES]]
    if not future.any():
        raise DataError(
            "No row is after the end of its series, so there is nothing to predict.",
            "`podium forecast RUN` gives the next values; `podium backtest RUN FILE` scores forecasts of newer rows.",
        )
    wanted = with_columns(table[future].reset_index(drop=True), knowledge)
    raw = forecast_rows(knowledge, wanted)
    found = np.full((len(table), 1 + len(levels)), np.nan)
    found[future] = np.column_stack([raw[:, 0], knowledge.bounded(at_levels(raw, levels), wanted)])
    return found


def predict_after(history: pd.DataFrame, rows: pd.DataFrame, knowledge: Knowledge) -> np.ndarray:
    """Return forecasts of rows by a model that knows a history and nothing later; see ``Forecaster.predict_after``."""
    problem = knowledge.problem
    end = int(read_given(history, problem).table[STEP].max())
    cut = until(knowledge.model, min(end, knowledge.newest))
    past = past_of(cut)
    newer = read_newer(history, problem, past)
    before = replace(knowledge, model=cut, past=past).with_history(newer)
    given = read_given(rows, problem, labels=newer.labels)
    return forecast_rows(replace(before, labels=given.labels), given.table)
