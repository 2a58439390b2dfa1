"""The table of forecasts that a user gets."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.forecasting.history import SERIES, STEP
from podium_ml.forecasting.panel.calendars import calendar_from_dict
from podium_ml.forecasting.prediction.future_rows import AHEAD, UNPLANNED
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.knowledge import Knowledge, Labels
from podium_ml.forecasting.prediction.newer_history import stamps
from podium_ml.forecasting.prediction.short_series import FEWEST_VALUES

_WHOLE = re.compile(r"-?\d{1,18}")


def keys(rows: pd.DataFrame, problem: Problem, labels: Labels) -> pd.DataFrame:
    """Return the columns of series and time of rows, as the training data have them."""
    task = task_of(problem)
    codes = rows[SERIES].to_numpy(dtype=np.int64)
    texts = np.array(labels, dtype=object).reshape(len(labels), -1)
    columns: dict[str, Any] = {
        name: _as_trained(texts[:, at], name, problem)[codes] for at, name in enumerate(task.series_columns)
    }
    return pd.DataFrame({**columns, task.time_column: times(rows[STEP], problem)})


def times(steps: pd.Series, problem: Problem) -> Any:
    """Return steps in the type of the time column: times where it holds times, else texts as it writes them."""
    task = task_of(problem)
    distinct, place = np.unique(steps.to_numpy(dtype=np.int64), return_inverse=True)
    texts = np.array(stamps(problem, distinct), dtype=object)
    if not _dtype(task.time_column, problem).startswith("datetime64"):
        return _as_trained(texts, task.time_column, problem)[place]
    if task.stamps.get("zone"):
        return pd.to_datetime(texts, utc=True).tz_convert(task.stamps["zone"])[place]
    return pd.DatetimeIndex(calendar_from_dict(task.calendar).moments(distinct))[place]


def _as_trained(texts: np.ndarray, name: str, problem: Problem) -> np.ndarray:
    """Return texts as whole numbers if the column of the training data holds such; ``007`` is a text."""
    whole = _dtype(name, problem).startswith(("int", "uint")) and all(_WHOLE.fullmatch(one) for one in texts)
    return texts.astype(np.int64) if whole else texts


def _dtype(name: str, problem: Problem) -> str:
    return next((one.dtype for one in problem.columns if one.name == name), "")


def values(
    point: np.ndarray, quantiles: np.ndarray, levels: Sequence[float], *, whole: bool, name: str = ""
) -> dict[str, np.ndarray]:
    """Return the columns of point and quantiles.

    Args:
        point: Point forecasts, shape ``(n,)``.
        quantiles: Their quantiles, shape ``(n, len(levels))``.
        levels: Levels of the quantiles.
        whole: Whether to round to whole numbers.
        name: What to add to the names of the columns.
    """
    columns = {f"forecast{name}": point}
    columns |= {f"q{level:g}{name}": quantiles[:, at] for at, level in enumerate(levels)}
    return {one: np.round(column) + 0.0 for one, column in columns.items()} if whole else columns


def notes(rows: pd.DataFrame, knowledge: Knowledge) -> np.ndarray:
    """Return what is unusual about each forecast, or an empty text, shape ``(n,)``."""
    task = task_of(knowledge.problem)
    new = np.arange(len(knowledge.labels)) >= len(task.labels)
    own = np.full(len(knowledge.labels), "", dtype=object)
    for code in np.flatnonzero(new | (knowledge.counts < FEWEST_VALUES) | knowledge.ended):
        own[code] = _note_of(int(code), knowledge)
    found = own[rows[SERIES].to_numpy(dtype=np.int64)]
    late = (rows[AHEAD] > task.reach).to_numpy() & ~knowledge.ended[rows[SERIES]]
    found = _with_note(found, late, f"beyond the {task.horizon} steps that the model was chosen for")
    if UNPLANNED not in rows:
        return found
    return _with_note(found, rows[UNPLANNED].to_numpy(dtype=bool), "after the end of the series' plan")


def _with_note(notes: np.ndarray, where: np.ndarray, text: str) -> np.ndarray:
    """Return notes of which some say one thing more."""
    return np.where(where, np.where(notes == "", text, notes + "; " + text), notes)


def _note_of(code: int, knowledge: Knowledge) -> str:
    problem = knowledge.problem
    if knowledge.cold[code]:
        others = int((~knowledge.cold).sum())
        return f"no history: the median of {others:,} other series"
    parts, count = [], int(knowledge.counts[code])
    if code >= len(task_of(problem).labels):
        parts.append("not in the training data")
    if count < FEWEST_VALUES or parts:
        parts.append(f"only {count} value{'' if count == 1 else 's'} known")
    if knowledge.ended[code]:
        parts.append(f"ended at {stamps(problem, knowledge.ends[[code]])[0]}, before the other series")
    return "; ".join(parts)
