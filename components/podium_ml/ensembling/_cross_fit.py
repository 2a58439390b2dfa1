"""Splits on which what is fitted on predictions can be checked."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.problem import FoldStrategy
from podium_ml.splits.folds import Folds, make_folds

_FOLDS = 5


def cross_fit_folds(problem: Problem, table: FeatureTable, rows: np.ndarray) -> Folds:
    """Return splits of some rows, each row in one validation part; none where there are too few rows for that.

    Args:
        problem: The problem.
        table: Features and target.
        rows: Positions of the rows; the splits are of these.
    """
    if len(rows) < 2:
        return []
    y = table.y[rows]
    fewest = np.unique(y, return_counts=True)[1].min() if problem.is_classification else len(rows)
    count = int(max(2, min(_FOLDS, fewest)))
    stratified = problem.is_classification and fewest >= count
    strategy: FoldStrategy = "stratified" if stratified else "shuffled"
    split = replace(problem, fold_strategy=strategy, n_folds=count, n_repeats=1)
    group = None if table.group is None else table.group[rows]
    if group is not None and len(np.unique(group)) < count:
        group = None
    folds = make_folds(split, y=y, group=group)
    # Folds that train on one class are left out, and then their rows would have no prediction.
    return folds if sum(len(valid) for _, valid in folds) == len(rows) else []


def cross_fitted(
    folds: Folds, predict: Callable[[np.ndarray, np.ndarray], np.ndarray], like: np.ndarray
) -> np.ndarray:
    """Return predictions of all rows, each by what was fitted on other rows.

    Args:
        folds: What ``cross_fit_folds`` returned; not empty.
        predict: Fits on rows (first argument) and predicts others (second argument).
        like: An array of the predictions' shape.
    """
    honest = np.full_like(like, np.nan, dtype=np.float64)
    for train, valid in folds:
        honest[valid] = predict(train, valid)
    return honest
