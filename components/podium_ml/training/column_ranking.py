"""Ranks columns by what a small forest loses when they are shuffled, beside shuffled copies of all columns.

The importance is that of permutation (Breiman, Random Forests, 2001, section 10), on rows that a tree has not seen. The
copies tell how important a column without any meaning may seem (Kursa and Rudnicki, Feature Selection with the Boruta
Package, Journal of Statistical Software, 2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

# Trees of the forest that measures importances, and of those that try lists of columns.
_TREES, _LIST_TREES = 150, 60
# Each tree is held to this share of the rows; the others are shuffled and scored.
_LEARNED = 2 / 3
_SMALLEST_LEAF = 5
# A split tries this share of the columns. It is small when importances are measured, so that weak columns get their
# turn beside strong ones.
_TRIED, _LIST_TRIED = 0.1, 1 / 3
# Of the columns that count as relevant, at most this share is expected to be noise.
_NOISE = 0.2


@dataclass(frozen=True)
class Examples:
    """Rows to rank columns with.

    Attributes:
        X: Encoded features without missing values, float32, shape ``(n, d)``.
        column: Position of the column that each feature was made from, shape ``(d,)``.
        Y: Targets as numbers, shape ``(n, k)``.
        weight: Weights of the rows, shape ``(n,)``.
        unit: Codes of rows that are learned from or scored together, shape ``(n,)``.
    """

    X: np.ndarray
    column: np.ndarray
    Y: np.ndarray
    weight: np.ndarray
    unit: np.ndarray

    def of_columns(self, columns: Sequence[int]) -> "Examples":
        """Return the same rows with the features of some columns."""
        kept = np.isin(self.column, columns)
        return Examples(self.X[:, kept], self.column[kept], self.Y, self.weight, self.unit)


class Ranking:
    """The columns in the order of their importance, and those worth keeping.

    Args:
        examples: The rows.
        columns: Number of columns.
        seed: Seed of the forests.
    """

    def __init__(self, examples: Examples, columns: int, *, seed: int) -> None:
        self._examples, self._seed = examples, seed
        found = _importances(examples, columns, seed=seed)
        real, copies = found[:columns], found[columns:]
        order = np.argsort(-real, kind="stable")
        self._order = [int(one) for one in order]
        self._relevant = _count_above(real[order], copies)

    @property
    def relevant(self) -> list[int]:
        """Positions of the columns that are more important than shuffled copies, the most important first.

        Shuffled copies that are just as important are counted, so that at most a fifth of the columns should be noise.
        The most important column is always one of them, because a model needs one.
        """
        return self._order[: max(1, self._relevant)]

    @cached_property
    def shortest(self) -> list[int]:
        """Positions of the fewest columns that score within a standard error of the best number of columns.

        One, two, four ... of the relevant columns are tried. The error is that of the difference, row by row.
        """
        sizes = _sizes(len(self.relevant))
        losses = [self._losses(self.relevant[:size]) for size in sizes]
        best = losses[int(np.argmin([self._mean(one) for one in losses]))]
        for size, found in zip(sizes, losses, strict=True):
            if self._mean(found - best) <= self._standard_error(found - best):
                return self.relevant[:size]
        return self.relevant

    def _losses(self, columns: Sequence[int]) -> np.ndarray:
        """Return the squared error of each row, by the trees that have not seen it."""
        examples = self._examples.of_columns(columns)
        forest = _Forest(examples, tried=_LIST_TRIED, seed=self._seed)
        for _ in range(_LIST_TREES):
            forest.grow(examples.X)
        return ((forest.residuals()) ** 2).sum(axis=1)

    def _mean(self, losses: np.ndarray) -> float:
        return float(np.average(losses, weights=self._examples.weight))

    def _standard_error(self, differences: np.ndarray) -> float:
        weight, unit = self._examples.weight, self._examples.unit
        mean = self._mean(differences)
        sums = np.bincount(unit, weight * (differences - mean))
        return float(np.sqrt((sums**2).sum()) / weight.sum())


class _Forest:
    """Trees that each learn from a part of the rows, and what they predict for the other rows."""

    def __init__(self, examples: Examples, *, tried: float, seed: int) -> None:
        self._tried = tried
        self._examples, self._random = examples, np.random.default_rng(seed)
        self._units = np.unique(examples.unit)
        self._sum, self.count = np.zeros(examples.Y.shape), np.zeros(len(examples.Y))

    def grow(self, X: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return a new tree, the positions of the rows that it has not seen, and what it predicts for them."""
        from sklearn.tree import ExtraTreeRegressor

        learned = self._random.permutation(self._units)[: max(1, round(_LEARNED * len(self._units)))]
        seen = np.isin(self._examples.unit, learned)
        estimator = ExtraTreeRegressor(
            max_features=max(1, round(self._tried * X.shape[1])),
            min_samples_leaf=_SMALLEST_LEAF,
            random_state=int(self._random.integers(2**31)),
        )
        tree = estimator.fit(X[seen], self._examples.Y[seen], self._examples.weight[seen]).tree_
        rows = np.flatnonzero(~seen)
        predicted = predict(tree, X[rows])
        self._sum[rows] += predicted
        self.count[rows] += 1
        return tree, rows, predicted

    def residuals(self) -> np.ndarray:
        """Return target minus prediction; rows that all trees have seen count as predicted without error."""
        never = self.count == 0
        mean = self._sum / np.maximum(self.count, 1)[:, None]
        return np.where(never[:, None], 0.0, self._examples.Y - mean)


def predict(tree: Any, X: np.ndarray) -> np.ndarray:
    """Return what a tree of scikit-learn predicts, shape ``(n, k)``."""
    return np.asarray(tree.predict(X)).reshape(len(X), -1)


def _importances(examples: Examples, columns: int, *, seed: int) -> np.ndarray:
    """Return by how much shuffling each column, and each copy, worsens the mean squared error; shape ``(2 c,)``."""
    random = np.random.default_rng(seed)
    forest = _Forest(examples, tried=_TRIED, seed=seed)
    owner = np.concatenate([examples.column, examples.column + columns])
    change = np.zeros((2 * columns, *examples.Y.shape), dtype=np.float32)
    # One order for all trees: a column without any meaning, too, has the same chance correlation in all of them.
    X = np.concatenate([examples.X, examples.X[random.permutation(len(examples.X))]], axis=1)
    for _ in range(_TREES):
        tree, rows, predicted = forest.grow(X)
        unseen, order = X[rows], random.permutation(len(rows))
        for one in np.unique(owner[tree.feature[tree.feature >= 0]]):
            features = np.flatnonzero(owner == one)
            kept = unseen[:, features]
            unseen[:, features] = kept[order]
            change[one, rows] += predict(tree, unseen) - predicted
            unseen[:, features] = kept
    residuals, count = forest.residuals(), np.maximum(forest.count, 1)[:, None]
    return np.array([_worsening(one / count, residuals, examples.weight) for one in change])


def _worsening(change: np.ndarray, residuals: np.ndarray, weight: np.ndarray) -> float:
    if not change.any():
        return 0.0
    return float(np.average((change * (change - 2 * residuals)).sum(axis=1), weights=weight))


def _count_above(real: np.ndarray, copies: np.ndarray) -> int:
    """Return how many of the importances, largest first, stand out from those of shuffled copies."""
    positive = int((real > 0).sum())
    counts = np.arange(1, positive + 1)
    as_high = np.array([(copies >= one).sum() for one in real[:positive]])
    good = np.flatnonzero(as_high <= np.maximum(0, _NOISE * counts - 1))
    return int(good[-1]) + 1 if len(good) else 0


def _sizes(most: int) -> list[int]:
    """Return 1, 2, 4 ... and the given number.

    >>> _sizes(6)
    [1, 2, 4, 6]
    """
    return [*(2**power for power in range(most.bit_length()) if 2**power < most), most]
