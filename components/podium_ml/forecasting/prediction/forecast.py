"""Forecasts of the next values of every series, as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.errors import SettingsError
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.prediction.cold_start import check_cold, fill_cold
from podium_ml.forecasting.prediction.future_rows import read_plan, rows_to_forecast
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.knowledge import Knowledge
from podium_ml.forecasting.prediction.levels import at_levels
from podium_ml.forecasting.prediction.short_series import fill_short
from podium_ml.forecasting.prediction.table import keys, notes, values
from podium_ml.forecasting.prediction.total import TOTAL, error_correlation, sum_up


def forecast(
    knowledge: Knowledge,
    plans: Any,
    *,
    horizon: int | None,
    levels: Sequence[float],
    total: bool = False,
    whole: bool = False,
) -> pd.DataFrame:
    """Return forecasts for each plan; see ``Forecaster.predict``."""
    if total and len(knowledge.labels) < 2:
        raise SettingsError("--total: there is only one series.", "Leave it out.")
    tables = [
        _of_plan(knowledge, plan, horizon, levels, total=total, whole=whole, name=f"_{name}" if turn else "")
        for turn, (name, plan) in enumerate(named_plans(plans).items())
    ]
    return tables[0] if len(tables) == 1 else _side_by_side(tables, knowledge)


def named_plans(plans: Any) -> dict[str, Any]:
    """Return the plans that a user gave by name: none, one, a list, or a mapping of tables."""
    if isinstance(plans, Mapping) and plans and all(hasattr(one, "columns") for one in plans.values()):
        return {str(name): plan for name, plan in plans.items()}
    if isinstance(plans, list) and plans and all(hasattr(one, "columns") for one in plans):
        return {str(number): plan for number, plan in enumerate(plans, 1)}
    return {"": plans}


def forecast_rows(knowledge: Knowledge, rows: pd.DataFrame) -> np.ndarray:
    """Return points and quantiles of rows of the future, shape ``(n, 1 + q)``, also of series without history."""
    check_cold(knowledge)
    raw = fill_short(knowledge.predict(rows), rows, knowledge)
    return knowledge.reconciled(fill_cold(raw, rows, knowledge), rows)


def _of_plan(
    knowledge: Knowledge,
    plan: Any,
    horizon: int | None,
    levels: Sequence[float],
    *,
    total: bool,
    whole: bool,
    name: str,
) -> pd.DataFrame:
    if plan is not None:
        knowledge = knowledge.with_plan(*read_plan(plan, knowledge))
    rows = rows_to_forecast(knowledge, horizon=horizon, given=plan is not None)
    raw = forecast_rows(knowledge, rows)
    quantiles = knowledge.bounded(at_levels(raw, levels), rows)
    point = _whole(raw[:, 0], rows, knowledge) if whole else raw[:, 0]
    columns = values(point, quantiles, levels, whole=whole, name=name)
    table = keys(rows, knowledge.problem, knowledge.labels).assign(**columns, note=notes(rows, knowledge))
    if not total:
        return table
    return pd.concat([table, _total(rows, raw, knowledge, levels, whole=whole, name=name)], ignore_index=True)


def _whole(point: np.ndarray, rows: pd.DataFrame, knowledge: Knowledge) -> np.ndarray:
    """Return whole numbers; sums are those of whole numbers."""
    rounded = np.round(point)
    if not (tree := knowledge.tree):
        return rounded
    steps, column = np.unique(rows[STEP], return_inverse=True)
    codes = rows[SERIES].to_numpy(dtype=np.int64)
    table = np.zeros((tree.count, len(steps)))
    table[codes, column] = rounded
    added: np.ndarray = tree.add(table)[codes, column]
    return added


def _total(
    rows: pd.DataFrame,
    raw: np.ndarray,
    knowledge: Knowledge,
    levels: Sequence[float],
    *,
    whole: bool,
    name: str,
) -> pd.DataFrame:
    single = ~knowledge.tree.is_sum[rows[SERIES].to_numpy(dtype=np.int64)]
    sums = sum_up(
        rows[single],
        raw[single],
        levels,
        correlation=error_correlation(knowledge),
        bounded=bool(knowledge.never_negative.all()),
    )
    task, count = task_of(knowledge.problem), len(sums.steps)
    label = (TOTAL, *[""] * (len(task.series_columns) - 1))
    at = pd.DataFrame({SERIES: np.zeros(count, dtype=np.int64), STEP: sums.steps})
    columns = values(sums.point, sums.quantiles, levels, whole=whole, name=name)
    note = f"sum of {sums.series:,} series"
    return keys(at, knowledge.problem, (label,)).assign(**columns, note=note)


def _side_by_side(tables: list[pd.DataFrame], knowledge: Knowledge) -> pd.DataFrame:
    """Return the forecasts of several plans in one table, those of the first one first."""
    task = task_of(knowledge.problem)
    on, joined = [*task.series_columns, task.time_column], tables[0]
    for other in tables[1:]:
        joined = joined.merge(other.drop(columns="note"), on=on, how="outer", sort=False)
    return joined[[*(name for name in joined if name != "note"), "note"]]
