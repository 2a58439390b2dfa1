"""Splits the rows into folds for cross-validation."""

import warnings
from dataclasses import replace

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
from podium_ml.contracts.targets import Folds
from podium_ml.targets import target_of


def make_folds(
    problem: Problem, *, y: np.ndarray, group: np.ndarray | None = None, time: np.ndarray | None = None
) -> Folds:
    """Return the training and validation rows of every fold. Equal problems and rows give equal folds.

    Classes are spread over the folds as evenly as possible. A class with fewer rows than folds is missing from some
    validation parts, and a class with a single row is missing from the training part of its own fold.

    Args:
        problem: Determines the strategy, the number of folds and repeats, and the seed.
        y: Encoded targets, one row per row of the table.
        group: Group codes, shape ``(n,)``, if the rows of a group must stay together.
        time: Sortable times, shape ``(n,)``, for the ``ordered`` strategy.

    Returns:
        ``n_folds * n_repeats`` pairs of index arrays; fewer folds if there are too few rows or groups.
    """
    problem = replace(problem, n_folds=_possible_folds(problem, len(y), group))
    if problem.fold_strategy == "ordered" and time is not None:
        folds = _ordered(problem, time)
    else:
        folds = _shuffled(problem, y, group)
    target = target_of(problem)
    # Leave out folds whose training part teaches nothing, as may happen to the first ordered ones, but keep one fold.
    return [fold for fold in folds if target.teaches(y[fold[0]])] or folds[-1:]


def _shuffled(problem: Problem, y: np.ndarray, group: np.ndarray | None) -> Folds:
    folds: Folds = []
    strata = target_of(problem).strata(y)
    for repeat in range(max(1, problem.n_repeats)):
        splitter = _splitter(problem, strata, len(y), seed=problem.seed + repeat, grouped=group is not None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # A guardrail already reports rare classes.
            folds += [
                (train, valid)
                for train, valid in splitter.split(np.zeros(len(y)), y if strata is None else strata, group)
            ]
    return folds


def _possible_folds(problem: Problem, rows: int, group: np.ndarray | None) -> int:
    units = len(np.unique(group)) if group is not None else rows
    return max(2, min(problem.n_folds, units))


def _splitter(
    problem: Problem, strata: np.ndarray | None, rows: int, *, seed: int, grouped: bool
) -> BaseCrossValidator:
    sizes = np.zeros(0) if strata is None else np.unique(strata, return_counts=True)[1]
    if problem.fold_strategy == "holdout":
        size = problem.holdout_fraction
        if grouped:
            return GroupShuffleSplit(n_splits=1, test_size=size, random_state=seed)
        even = len(sizes) > 0 and sizes.min() > 1 and rows * size >= len(sizes)
        return (StratifiedShuffleSplit if even else ShuffleSplit)(
            n_splits=1, test_size=size, random_state=seed
        )
    count = problem.n_folds
    stratified = len(sizes) > 0 and sizes.max() >= count
    plain, even_kind = (GroupKFold, StratifiedGroupKFold) if grouped else (KFold, StratifiedKFold)
    return (even_kind if stratified else plain)(n_splits=count, shuffle=True, random_state=seed)


def _ordered(problem: Problem, time: np.ndarray) -> Folds:
    """Train on the past and validate on what follows. Rows with equal times keep their order."""
    order = np.argsort(time, kind="stable")
    count = max(2, min(problem.n_folds, len(order) - 1))
    splits = TimeSeriesSplit(n_splits=count).split(order)
    return [(np.sort(order[train]), np.sort(order[valid])) for train, valid in splits]
