"""What a fitted forecaster would have forecast of newer rows, and how well."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.errors import DataError, SettingsError
from podium_ml.forecasting.history import SERIES, STEP, History
from podium_ml.forecasting.prediction.future_rows import AHEAD
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.knowledge import Knowledge
from podium_ml.forecasting.prediction.levels import at_levels
from podium_ml.forecasting.prediction.newer_history import NewerHistory, stamps
from podium_ml.forecasting.prediction.table import keys, notes, values
from podium_ml.metrics import metrics_for, problem_metric

_FIRST = ("mase", "wape", "smape", "rmse", "mae", "bias", "coverage", "wql")


@dataclass(frozen=True)
class Backtest:
    """Forecasts of newer rows from several origins.

    Attributes:
        rows: The columns of series and time, ``origin``, ``actual``, ``forecast``, the quantiles and ``note``.
        scores: A row for each origin, with the number of its rows and its scores; the last one is for all together.
    """

    rows: pd.DataFrame
    scores: pd.DataFrame


def scores_of(problem: Problem, actual: np.ndarray, scale: np.ndarray, raw: np.ndarray) -> dict[str, float]:
    """Return the scores of some forecasts by name, the problem's own metric first.

    Args:
        problem: The problem.
        actual: What happened, shape ``(n,)``.
        scale: Scale of each row's series; see ``scale_of``.
        raw: Points and quantiles, shape ``(n, 1 + q)``.
    """
    known = {one.name: one for one in metrics_for("forecasting")}
    names = dict.fromkeys([problem_metric(problem).name, *_FIRST])
    truth = np.column_stack([actual, scale])
    found = {}
    for name in names:
        metric = problem_metric(problem) if name == problem_metric(problem).name else known[name]
        metric = metric.over(problem.target_range)
        found[name] = metric.score(truth, raw)
    return found


def scale_of(past: History, season: int) -> float:
    """Return the mean absolute error of the seasonal naive forecast of a history, else the size of its values."""
    for lag in (season, 1):
        if len(past.values) > lag:
            errors = np.abs(past.values[lag:] - past.values[:-lag])
            if np.isfinite(errors).any() and (mean := float(np.nanmean(errors))) > 0:
                return mean
    size = float(np.nanmean(np.abs(past.values)))
    return size if np.isfinite(size) and size > 0 else 1.0


def backtest(
    knowledge: Knowledge, newer: NewerHistory, *, levels: Sequence[float], step: int | None
) -> Backtest:
    """Forecast newer rows from one origin after the other, and score the forecasts; see ``Forecaster.backtest``."""
    task = task_of(knowledge.problem)
    step = task.horizon if step is None else step
    if step < 1:
        raise SettingsError(f"step: {step} is not a number of steps.", "Give 1 or more.")
    newest = int(newer.known[STEP].max())
    if newest <= knowledge.newest + task.gap:
        end = stamps(knowledge.problem, np.array([knowledge.newest]))[0]
        raise DataError(
            f"The rows do not go on after the model's own, which end at {end}, so there is nothing to score.",
            "Give rows that are newer than the training data.",
        )
    parts = [
        _from_origin(knowledge, newer, origin) for origin in range(knowledge.newest, newest - task.gap, step)
    ]
    found = [part for part in parts if len(part.rows)]
    return Backtest(
        pd.concat([_table(part, knowledge, newer, levels) for part in found], ignore_index=True),
        pd.DataFrame([*(_scores(knowledge, [part]) for part in found), _scores(knowledge, found)]),
    )


@dataclass(frozen=True)
class _Part:
    """Forecasts from one origin."""

    origin: int
    rows: pd.DataFrame
    raw: np.ndarray
    scale: np.ndarray
    state: Knowledge


def _from_origin(knowledge: Knowledge, newer: NewerHistory, origin: int) -> _Part:
    """Forecast the rows of the horizon after an origin, for series that have a history by then."""
    task, table = task_of(knowledge.problem), newer.known
    before = replace(newer, known=table[table[STEP] <= origin], plan=table[:0])
    state = knowledge.with_history(before) if len(before.known) else knowledge
    ahead = table[STEP] - origin
    rows = table[(ahead > task.gap) & (ahead <= task.reach) & table[SERIES].isin(state.past.keys())]
    rows = rows.reset_index(drop=True)
    raw = state.reconciled(state.predict(rows), rows) if len(rows) else np.empty((0, 0))
    scales = {code: scale_of(one, task.season) for code, one in state.past.items()}
    return _Part(origin, rows, raw, rows[SERIES].map(scales).to_numpy(dtype=np.float64), state)


def _scores(knowledge: Knowledge, parts: list[_Part]) -> dict[str, Any]:
    """Return the scores of the forecasts of some origins."""
    problem = knowledge.problem
    origin = stamps(problem, np.array([parts[0].origin]))[0] if len(parts) == 1 else "all"
    actual = np.concatenate([part.rows[problem.target].to_numpy(dtype=np.float64) for part in parts])
    scale, raw = (
        np.concatenate(one) for one in zip(*((part.scale, part.raw) for part in parts), strict=True)
    )
    return {"origin": origin, "rows": len(actual), **scores_of(problem, actual, scale, raw)}


def _table(part: _Part, knowledge: Knowledge, newer: NewerHistory, levels: Sequence[float]) -> pd.DataFrame:
    problem, rows = knowledge.problem, part.rows
    rows = rows.assign(**{AHEAD: rows[STEP] - part.origin})
    quantiles = part.state.bounded(at_levels(part.raw, levels), rows)
    return keys(rows, problem, newer.labels).assign(
        origin=stamps(problem, np.array([part.origin]))[0],
        actual=rows[problem.target].to_numpy(dtype=np.float64),
        **values(part.raw[:, 0], quantiles, levels, whole=False),
        note=notes(rows, replace(part.state, labels=newer.labels)),
    )
