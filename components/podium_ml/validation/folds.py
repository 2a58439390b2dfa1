"""Which rows train and which rows check, fold by fold."""

import numpy as np
from sklearn.model_selection import (
    BaseCrossValidator,
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
)

from podium_ml.contracts import Problem

Folds = list[tuple[np.ndarray, np.ndarray]]


def make_folds(
    problem: Problem, *, y: np.ndarray, group: np.ndarray | None = None, time: np.ndarray | None = None
) -> Folds:
    """Return the training and validation rows of every fold; equal problems and rows give equal folds.

    Args:
        problem: Says the strategy, the number of folds and repeats, and the seed.
        y: Class codes or values, shape ``(n,)``.
        group: Group codes, shape ``(n,)``, where rows of one group must stay together.
        time: Sortable times, shape ``(n,)``, for the ``ordered`` strategy.

    Returns:
        ``n_folds * n_repeats`` pairs of index arrays.
    """
    if problem.fold_strategy == "ordered" and time is not None:
        return _ordered(problem, time)
    folds: Folds = []
    for repeat in range(max(1, problem.n_repeats)):
        splitter = _splitter(problem, seed=problem.seed + repeat, grouped=group is not None)
        folds += [(train, valid) for train, valid in splitter.split(np.zeros(len(y)), y, group)]
    return folds


def _splitter(problem: Problem, *, seed: int, grouped: bool) -> BaseCrossValidator:
    stratified = problem.is_classification
    if problem.fold_strategy == "holdout":
        size = problem.holdout_fraction
        if grouped:
            return GroupShuffleSplit(n_splits=1, test_size=size, random_state=seed)
        kind = StratifiedShuffleSplit if stratified else ShuffleSplit
        return kind(n_splits=1, test_size=size, random_state=seed)
    count = problem.n_folds
    if grouped:
        if stratified:
            return StratifiedGroupKFold(n_splits=count, shuffle=True, random_state=seed)
        return GroupKFold(n_splits=count, shuffle=True, random_state=seed)
    if stratified and problem.fold_strategy == "stratified":
        return StratifiedKFold(n_splits=count, shuffle=True, random_state=seed)
    return KFold(n_splits=count, shuffle=True, random_state=seed)


def _ordered(problem: Problem, time: np.ndarray) -> Folds:
    """Train on the past, check on what follows; the order of equal times is that of the rows."""
    order = np.argsort(time, kind="stable")
    splits = TimeSeriesSplit(n_splits=max(2, problem.n_folds)).split(order)
    return [(np.sort(order[train]), np.sort(order[valid])) for train, valid in splits]
