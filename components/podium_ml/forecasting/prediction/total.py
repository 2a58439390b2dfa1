"""The sum of all series, with an interval of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from podium_ml.forecasting.history import SERIES, STEP, History
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.prediction.given_rows import task_of
from podium_ml.forecasting.prediction.knowledge import Knowledge
from podium_ml.forecasting.prediction.newer_history import until

TOTAL = "all series"
"""What the column of series holds in the rows of the total."""
# Origins and series whose errors tell how they move together.
_MOST_ORIGINS, _MOST_SERIES, _FEWEST_VALUES = 4, 30, 8
_WIDTH = float(norm.ppf(LEVELS[-1]) - norm.ppf(LEVELS[0]))


@dataclass(frozen=True)
class Total:
    """Sums of the forecasts of all series.

    Attributes:
        steps: Steps, in order.
        point: Sums of the points, shape ``(h,)``.
        quantiles: Quantiles of the sums, shape ``(h, len(levels))``.
        series: Number of series in the sums.
    """

    steps: np.ndarray
    point: np.ndarray
    quantiles: np.ndarray
    series: int


def sum_up(
    rows: pd.DataFrame, raw: np.ndarray, levels: Sequence[float], *, correlation: float, bounded: bool
) -> Total:
    """Return the sums of all series at the steps that most series share.

    The variance of a sum is that of independent errors plus that of errors which move together, weighed by their
    correlation. A sum of quantiles would be right for a correlation of 1 alone.

    Args:
        rows: Rows with ``SERIES`` and ``STEP``.
        raw: Their points and quantiles, shape ``(n, 1 + q)``.
        levels: Levels of the quantiles.
        correlation: Mean correlation of the errors of two series, 0 to 1.
        bounded: Whether sums are never negative.
    """
    deviation = np.maximum(raw[:, -1] - raw[:, 1], 0.0) / _WIDTH
    table = pd.DataFrame({"step": rows[STEP], "y": raw[:, 0], "sd": deviation, "var": deviation**2, "n": 1})
    sums = table.groupby("step").sum()
    sums = sums[sums["n"] == sums["n"].max()]
    spread = np.sqrt((1 - correlation) * sums["var"] + correlation * sums["sd"] ** 2).to_numpy()
    point = sums["y"].to_numpy()
    quantiles = point[:, None] + spread[:, None] * norm.ppf(np.asarray(levels))[None]
    if bounded:
        quantiles = np.maximum(quantiles, 0.0)
    return Total(sums.index.to_numpy(dtype=np.int64), point, quantiles, int(sums["n"].max()))


def error_correlation(knowledge: Knowledge) -> float:
    """Return the mean correlation of the errors of two series, 0 to 1, from forecasts of the known past.

    Args:
        knowledge: What is known.
    """
    codes = _longest(knowledge)
    if len(codes) < 2:
        return 1.0
    horizon = task_of(knowledge.problem).horizon
    sums, squares = [], []
    for turn in range(1, _MOST_ORIGINS + 1):
        origin = knowledge.newest - turn * horizon
        begun = [code for code in codes if knowledge.past[code].first + _FEWEST_VALUES <= origin]
        if len(begun) < 2:
            break
        errors = _errors(knowledge, begun, origin, horizon)
        errors = errors[:, np.isfinite(errors).all(axis=0)]
        sums.append((errors.sum(axis=0) ** 2) / len(begun))
        squares.append((errors**2).mean(axis=0))
    if not sums or not (power := float(np.mean(np.concatenate(squares)))):
        return 0.5
    ratio = float(np.mean(np.concatenate(sums))) / power
    return float(np.clip((ratio - 1) / (len(codes) - 1), 0.0, 1.0))


def _longest(knowledge: Knowledge) -> list[int]:
    past = knowledge.past
    single = ~knowledge.ended[past.codes] & ~knowledge.tree.is_sum[past.codes]
    going_on = np.flatnonzero(single)
    longest = going_on[np.argsort(-past.lengths[going_on], kind="stable")][:_MOST_SERIES]
    return [int(code) for code in past.codes[longest]]


def _errors(knowledge: Knowledge, codes: list[int], origin: int, horizon: int) -> np.ndarray:
    """Return the errors after an origin, divided by their expected size, shape ``(s, h)``."""
    steps = np.arange(origin + 1, origin + horizon + 1)
    rows = pd.DataFrame({SERIES: np.repeat(codes, horizon), STEP: np.tile(steps, len(codes))})
    raw = replace(knowledge, model=until(knowledge.model, origin)).predict(rows)
    deviation = (raw[:, -1] - raw[:, 1]) / _WIDTH
    true = np.concatenate([_at(knowledge.past[code], steps) for code in codes])
    scaled = np.divide(true - raw[:, 0], deviation, out=np.full(len(raw), np.nan), where=deviation > 1e-12)
    return scaled.reshape(len(codes), horizon)


def _at(past: History, steps: np.ndarray) -> np.ndarray:
    at = steps - past.first
    inside = (at >= 0) & (at < len(past.values))
    return np.where(inside, past.values[np.clip(at, 0, len(past.values) - 1)], np.nan)
