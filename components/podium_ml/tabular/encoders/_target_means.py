"""The block that replaces a category with its target mean."""

import numpy as np

from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._inputs import Inputs
from podium_ml.tabular.encoders._levels import Levels, wrap_codes
from podium_ml.tabular.encoders._target_matrix import order_of, relative_weight, target_matrix

CROSS_FIT_FOLDS = 5


class TargetMeans(Block):
    """The target mean of each level, shrunk towards the overall mean if rows are few; one column per class if several.

    The shrinkage is empirical Bayes (Micci-Barreca, "A Preprocessing Scheme for High-Cardinality Categorical
    Attributes", 2001). Unlike in scikit-learn's ``TargetEncoder``, which trusts a level of one row entirely, the rows
    of all levels tell how noisy a row is. The target is standardized first. Training rows get means from other rows,
    and of other groups if there are any. Rows count by their weights.

    Args:
        levels: Levels of all categorical features.
        positions: Positions of the features to encode.
        task: Kind of problem.
        seed: Seed of the cross-fitting.
    """

    def __init__(self, levels: Levels, positions: np.ndarray, *, task: Task, seed: int) -> None:
        self.levels, self.positions, self.task, self.seed = levels, positions, task, seed
        self.tables: list[np.ndarray] = []

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Learn the means, and return for each row those from the other cross-fitting folds."""
        weight = relative_weight(inputs.weight)
        target = target_matrix(y, task=self.task, weight=weight)
        folds = _assign_folds(order_of(y, task=self.task), inputs.group, seed=self.seed)
        self.tables, parts = [], []
        for position in self.positions:
            n_levels = int(self.levels.counts[position])
            codes = wrap_codes(inputs.codes[:, position], n_levels)
            sums = _sum_up(codes, target, folds, weight, size=n_levels + 2)
            self.tables.append(_shrink(sums.sum(axis=0)).T.astype(np.float32))
            parts.append(_shrink(sums.sum(axis=0) - sums).transpose(0, 2, 1)[folds, codes].astype(np.float32))
        self.outputs = self._describe(target.shape[1])
        return _join(parts, len(inputs))

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return the means of each row's levels."""
        pairs = zip(self.positions, self.tables, strict=True)
        return _join([table[inputs.codes[:, position]] for position, table in pairs], len(inputs))

    def _describe(self, n_columns: int) -> tuple[Output, ...]:
        numbers = [""] if n_columns == 1 else [f"_{k + 1}" for k in range(n_columns)]
        names = [self.levels.names[position] for position in self.positions]
        return tuple(Output(f"{name}__target_mean{number}", name) for name in names for number in numbers)


def _assign_folds(y: np.ndarray, group: np.ndarray | None, *, seed: int) -> np.ndarray:
    """Assign each row, or each group, to a fold, so that every fold has its share of each class or range of values."""
    if group is not None:
        found, codes = np.unique(group, return_inverse=True)
        if len(found) > 1:
            means = np.bincount(codes, weights=y) / np.bincount(codes)
            return _assign_folds(means, None, seed=seed)[codes]
    shuffled = np.random.default_rng(seed).permutation(len(y))
    folds = np.empty(len(y), dtype=np.int64)
    folds[shuffled[np.argsort(y[shuffled], kind="stable")]] = np.arange(len(y)) % CROSS_FIT_FOLDS
    return folds


def _sum_up(
    codes: np.ndarray, target: np.ndarray, folds: np.ndarray, weight: np.ndarray | None, *, size: int
) -> np.ndarray:
    """Return weights, sums, sums of squares by fold, target column and level: shape ``(folds, 3, columns, size)``."""
    keys = folds * size + codes
    shape = (CROSS_FIT_FOLDS, size)

    def total(values: np.ndarray | None) -> np.ndarray:
        weighted = weight if values is None else values if weight is None else values * weight
        return np.bincount(keys, weighted, minlength=CROSS_FIT_FOLDS * size).reshape(shape)

    count = total(None)
    columns = [[count, total(column), total(column**2)] for column in target.T]
    return np.array(columns, dtype=np.float64).transpose(2, 1, 0, 3)


def _shrink(sums: np.ndarray) -> np.ndarray:
    """Return means by level from sums of shape ``(..., 3, columns, size)``: shape ``(..., columns, size)``.

    How much levels differ, and how much the rows of a level do, is estimated from all levels together (analysis of
    variance with random effects), because the few rows of one level do not tell.
    """
    count, total, squares = np.moveaxis(sums, -3, 0)
    known = count > 0
    rows, levels = count.sum(axis=-1, keepdims=True), known.sum(axis=-1, keepdims=True)
    every = np.maximum(rows, 1e-12)
    overall = total.sum(axis=-1, keepdims=True) / every
    mean = total / np.where(known, count, 1.0)
    inner = np.maximum(squares - count * mean**2, 0).sum(axis=-1, keepdims=True)
    outer = (count * (mean - overall) ** 2).sum(axis=-1, keepdims=True)
    # If each level has a single row, nothing tells noise from levels, and all is taken for noise.
    within = np.where(rows > levels, inner / np.maximum(rows - levels, 1e-12), (inner + outer) / every)
    spread = every - (count**2).sum(axis=-1, keepdims=True) / every
    between = np.maximum(outer - (levels - 1) * within, 0) / np.maximum(spread, 1e-12)
    evidence = count * between
    trust = np.divide(evidence, evidence + within, out=np.zeros_like(evidence), where=evidence > 0)
    return trust * mean + (1 - trust) * overall


def _join(parts: list[np.ndarray], rows: int) -> np.ndarray:
    return np.concatenate(parts, axis=1) if parts else np.empty((rows, 0), dtype=np.float32)
