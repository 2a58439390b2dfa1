"""Objectives that score weighted averages of models. Common metrics take a few array operations.

Greedy selection evaluates the objective a few thousand times, so each objective keeps only the data that it needs: the
probability of the true class for the log loss, and that of the positive class for the area under the ROC curve. Large
tables are sampled.
"""

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from podium_ml.ensembling._pool import Pool
from podium_ml.targets import sample_rows

_MOST_ROWS, _MOST_ROWS_RANKED, _MOST_CELLS_SCORED = 50_000, 15_000, 40_000
_FEWEST_FUSED, _MOST_FUSED, _MOST_CELLS_FUSED = 100, 500, 20_000_000
_SQUARED = frozenset({"rmse", "r2", "nrmse"})
_ABSOLUTE = frozenset({"mae", "nmae"})
_SMALLEST = 1e-15


class Objective(Protocol):
    """Scores averages of the members' predictions.

    Attributes:
        parts: The part of each member's predictions that the metric depends on, shape ``(m, ...)``.
    """

    parts: np.ndarray

    def utilities(self, averages: np.ndarray) -> np.ndarray:
        """Return the utility of each average (greater is better); shape ``(m,)`` for averages shaped like ``parts``."""
        ...


def make_objective(pool: Pool, rows: np.ndarray) -> Objective:
    """Return the objective that scores averages of a pool's members by its metric.

    Args:
        pool: The members.
        rows: Rows of the pool to measure on.
    """
    name, order = pool.metric.name, pool.target.ordering(pool.y)
    if name == "log_loss" or pool.tunes_classes:
        # Metrics of tuned decisions need good probabilities; at one half, all members of rare positives are equal.
        rows = sample_rows(order, rows, most=_MOST_ROWS)
        return _LogLoss(pool.oof[:, rows, pool.y[rows]], _weight(pool, rows))
    if name == "roc_auc":
        rows = sample_rows(order, rows, most=_MOST_ROWS_RANKED)
        return _Ranking(pool.oof[:, rows, 1], pool.y[rows] == 1, _weight(pool, rows))
    if name in _SQUARED | _ABSOLUTE:
        rows = sample_rows(order, rows, most=_MOST_ROWS)
        power = 2 if name in _SQUARED else 1
        return _Errors(pool.oof[:, rows], pool.y[rows], _weight(pool, rows), power=power)
    some = sample_rows(order, rows, most=_MOST_ROWS)
    plain = pool.target.plain_errors(pool.metric, pool.oof[:, some], pool.y[some])
    if plain is not None:
        parts, y, power = plain
        return _Errors(parts, y, _weight(pool, some), power=power)
    if (likely := pool.target.likelihoods(pool.metric, pool.oof[:, rows], pool.y[rows])) is not None:
        return _LogLoss(likely, np.full(likely.shape[1], 1 / max(1, likely.shape[1])))
    width = math.prod(pool.oof.shape[2:])
    few = sample_rows(order, rows, most=max(_FEWEST_FUSED, min(_MOST_FUSED, _MOST_CELLS_FUSED // width)))
    fusion = pool.target.fusion([one[few] for one in pool.oof], n_outputs=pool.n_outputs)
    if fusion is not None:
        return _Fused(pool, few, fusion)
    return _Scored(pool, sample_rows(order, rows, most=max(2_000, _MOST_CELLS_SCORED // width)))


def _weight(pool: Pool, rows: np.ndarray) -> np.ndarray:
    weight = np.ones(len(rows)) if pool.weight is None else pool.weight[rows]
    return weight / total if (total := weight.sum()) > 0 else np.full(len(rows), 1.0 / len(rows))


class _LogLoss:
    def __init__(self, parts: np.ndarray, weight: np.ndarray) -> None:
        self.parts, self._weight = parts, weight

    def utilities(self, averages: np.ndarray) -> np.ndarray:
        return np.log(np.clip(averages, _SMALLEST, 1.0)) @ self._weight


class _Errors:
    def __init__(self, parts: np.ndarray, y: np.ndarray, weight: np.ndarray, *, power: int) -> None:
        self.parts, self._y, self._weight, self._power = parts, y, weight, power

    def utilities(self, averages: np.ndarray) -> np.ndarray:
        errors = averages - self._y
        return -(errors * errors if self._power == 2 else np.abs(errors)) @ self._weight


class _Ranking:
    def __init__(self, parts: np.ndarray, positive: np.ndarray, weight: np.ndarray) -> None:
        self.parts = parts
        self._positive, self._negative = weight * positive, weight * ~positive

    def utilities(self, averages: np.ndarray) -> np.ndarray:
        """Return the share of pairs in the right order. Pairs with equal scores count half."""
        order = np.argsort(averages, axis=1)
        ordered = np.take_along_axis(averages, order, axis=1)
        below = np.cumsum(self._negative[order], axis=1)
        before, after = _ends_of_equals(ordered)
        # The negatives below a row's equals, and those up to the last of them.
        padded = np.pad(below, ((0, 0), (1, 0)))
        beaten = np.take_along_axis(padded, before, axis=1) + np.take_along_axis(padded, after, axis=1)
        pairs = self._positive.sum() * self._negative.sum()
        if not pairs > 0:
            return np.full(len(averages), -np.inf)
        return np.asarray((self._positive[order] * beaten).sum(axis=1) / 2 / pairs)


def _ends_of_equals(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many values are less than each, and how many are not greater; values ascend along the last axis."""
    places = np.broadcast_to(np.arange(ordered.shape[1]), ordered.shape)
    rises = ordered[:, 1:] != ordered[:, :-1]
    edge = np.ones((len(ordered), 1), dtype=bool)
    first = np.where(np.hstack([edge, rises]), places, 0)
    last = np.where(np.hstack([rises, edge]), places + 1, ordered.shape[1])
    return np.maximum.accumulate(first, axis=1), np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]


class _Scored:
    def __init__(self, pool: Pool, rows: np.ndarray) -> None:
        self.parts, self._pool, self._rows = pool.oof[:, rows], pool, rows

    def utilities(self, averages: np.ndarray) -> np.ndarray:
        scores = (self._pool.score(one, self._rows) for one in averages)
        return np.array([self._pool.metric.utility(score) for score in scores])


class _Fused:
    """Averages are the weights themselves, because what models find together is not the average of what they find."""

    def __init__(self, pool: Pool, rows: np.ndarray, fusion: Callable[[np.ndarray], np.ndarray]) -> None:
        self.parts, self._pool, self._rows, self._fusion = np.eye(len(pool.members)), pool, rows, fusion

    def utilities(self, averages: np.ndarray) -> np.ndarray:
        scores = (self._pool.score(self._fusion(one), self._rows) for one in averages)
        return np.array([self._pool.metric.utility(score) for score in scores])
