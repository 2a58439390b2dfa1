"""Splits for cross-fitting what is fitted on out-of-fold predictions."""

from dataclasses import replace

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.problem import FoldStrategy
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.splits.folds import make_folds
from podium_ml.splits.rolling import window_folds
from podium_ml.targets import target_of

_FOLDS = 5


def cross_fit_folds(problem: Problem, targets: Targets, rows: np.ndarray) -> Folds:
    """Return splits of some rows, with every row in exactly one validation part; none if there are too few rows.

    If the rows are ordered in time, the training part of each fold is earlier than its validation part, so the earliest
    rows are in no validation part.

    Args:
        problem: The problem.
        targets: Targets of all rows.
        rows: Positions of the rows to split.
    """
    if len(rows) < 2:
        return []
    if problem.fold_strategy == "rolling" and targets.time is not None:
        return window_folds(problem, targets, rows)
    known = targets.of_rows(rows)
    y, group = known.y, known.group
    if problem.fold_strategy == "ordered" and known.time is not None:
        forward = replace(problem, n_folds=_FOLDS, n_repeats=1)
        return make_folds(forward, y=y, group=group, time=known.time)
    strata = target_of(problem).strata(y)
    fewest = len(rows) if strata is None else np.unique(strata, return_counts=True)[1].min()
    count = int(max(2, min(_FOLDS, fewest)))
    stratified = strata is not None and fewest >= count
    strategy: FoldStrategy = "stratified" if stratified else "shuffled"
    split = replace(problem, fold_strategy=strategy, n_folds=count, n_repeats=1)
    if group is not None and len(np.unique(group)) < count:
        group = None
    folds = make_folds(split, y=y, group=group)
    # ``make_folds`` leaves out folds that train on only one class. Their rows would then have no prediction.
    return folds if sum(len(valid) for _, valid in folds) == len(rows) else []
