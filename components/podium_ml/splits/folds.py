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
)

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds
from podium_ml.splits.rolling import rolling_folds
from podium_ml.targets import target_of
from podium_ml.values.row_roles import last_times

# More groups than this are so small that they can be split like rows. Scikit-learn places groups one by one.
_MANY_GROUPS = 1_000


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
        time: Sortable times, shape ``(n,)``, for the ``ordered`` strategy. The rows of one time, and those of one
            group, are never on both sides of a fold.

    Returns:
        ``n_folds * n_repeats`` pairs of index arrays; fewer folds if there are too few rows, groups or times.
    """
    if problem.fold_strategy == "rolling" and time is not None:
        return rolling_folds(problem, group=group, time=time)
    problem = replace(problem, n_folds=_possible_folds(problem, len(y), group))
    folds: Folds = []
    if problem.fold_strategy == "ordered" and time is not None:
        folds = forward_folds(time if group is None else last_times(time, group), problem.n_folds)
    folds = folds or _shuffled(problem, y, group)
    target = target_of(problem)
    # Leave out folds whose training part teaches nothing, as may happen to the first ordered ones, but keep one fold.
    return [fold for fold in folds if target.teaches(y[fold[0]])] or folds[-1:]


def _shuffled(problem: Problem, y: np.ndarray, group: np.ndarray | None) -> Folds:
    strata = target_of(problem).strata(y)
    if group is None:
        return _split(problem, len(y), strata, None)
    first, unit = np.unique(group, return_index=True, return_inverse=True)[1:]
    if len(first) <= _MANY_GROUPS:
        return _split(problem, len(y), strata, group)
    folds = _split(problem, len(first), None if strata is None else strata[first], None)
    sides = ((np.isin(unit, train), np.isin(unit, valid)) for train, valid in folds)
    return [(np.flatnonzero(train), np.flatnonzero(valid)) for train, valid in sides]


def _split(problem: Problem, rows: int, strata: np.ndarray | None, group: np.ndarray | None) -> Folds:
    folds: Folds = []
    for repeat in range(max(1, problem.n_repeats)):
        splitter = _splitter(problem, strata, rows, seed=problem.seed + repeat, grouped=group is not None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # A guardrail already reports rare classes.
            folds += list(splitter.split(np.zeros(rows), np.zeros(rows) if strata is None else strata, group))
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


def forward_folds(time: np.ndarray, n_folds: int) -> Folds:
    """Return folds that train on the past and validate on what follows; no fold if all rows are of one time.

    The parts have about the same number of rows. They are cut where the time changes, so that a model is never trained
    on the moment that it is validated on.

    Args:
        time: Sortable times, shape ``(n,)``.
        n_folds: Number of folds; there may be fewer.
    """
    order = np.argsort(time, kind="stable")
    changes = np.flatnonzero(np.diff(time[order])) + 1
    if not len(changes):
        return []
    parts = max(2, min(n_folds, len(order) - 1)) + 1
    even = len(order) - len(order) // parts * np.arange(parts - 1, 0, -1)
    cuts = np.unique(changes[np.abs(changes[:, None] - even).argmin(axis=0)])
    ends = np.append(cuts[1:], len(order))
    return [(np.sort(order[:cut]), np.sort(order[cut:end])) for cut, end in zip(cuts, ends, strict=True)]
