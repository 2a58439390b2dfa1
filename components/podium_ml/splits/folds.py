"""Which rows train and which rows check, fold by fold."""

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

Folds = list[tuple[np.ndarray, np.ndarray]]


def make_folds(
    problem: Problem, *, y: np.ndarray, group: np.ndarray | None = None, time: np.ndarray | None = None
) -> Folds:
    """Return the training and validation rows of every fold; equal problems and rows give equal folds.

    Classes are spread over the folds as evenly as they can be; a class with fewer rows than there are folds is missing
    from some validation parts, and one with a single row from the training part of its own fold.

    Args:
        problem: Says the strategy, the number of folds and repeats, and the seed.
        y: Class codes or values, shape ``(n,)``.
        group: Group codes, shape ``(n,)``, where rows of one group must stay together.
        time: Sortable times, shape ``(n,)``, for the ``ordered`` strategy.

    Returns:
        ``n_folds * n_repeats`` pairs of index arrays; fewer folds where there are too few rows or groups for them.
    """
    problem = replace(problem, n_folds=_possible_folds(problem, len(y), group))
    if problem.fold_strategy == "ordered" and time is not None:
        folds = _ordered(problem, time)
    else:
        folds = _shuffled(problem, y, group)
    return _with_two_classes(folds, y) if problem.is_classification else folds


def _shuffled(problem: Problem, y: np.ndarray, group: np.ndarray | None) -> Folds:
    folds: Folds = []
    for repeat in range(max(1, problem.n_repeats)):
        splitter = _splitter(problem, y, seed=problem.seed + repeat, grouped=group is not None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of rare classes: the guardrail has said it
            folds += [(train, valid) for train, valid in splitter.split(np.zeros(len(y)), y, group)]
    return folds


def _with_two_classes(folds: Folds, y: np.ndarray) -> Folds:
    """Leave out folds whose training part has one class only, as the first of ordered ones may; keep one at least."""
    return [fold for fold in folds if len(np.unique(y[fold[0]])) > 1] or folds[-1:]


def _possible_folds(problem: Problem, rows: int, group: np.ndarray | None) -> int:
    units = len(np.unique(group)) if group is not None else rows
    return max(2, min(problem.n_folds, units))


def _splitter(problem: Problem, y: np.ndarray, *, seed: int, grouped: bool) -> BaseCrossValidator:
    sizes = np.bincount(y.astype(np.int64)) if problem.is_classification else np.array([0])
    sizes = sizes[sizes > 0]
    if problem.fold_strategy == "holdout":
        size = problem.holdout_fraction
        if grouped:
            return GroupShuffleSplit(n_splits=1, test_size=size, random_state=seed)
        even = problem.is_classification and sizes.min() > 1 and len(y) * size >= len(sizes)
        return (StratifiedShuffleSplit if even else ShuffleSplit)(
            n_splits=1, test_size=size, random_state=seed
        )
    count = problem.n_folds
    stratified = problem.is_classification and sizes.max() >= count
    plain, even_kind = (GroupKFold, StratifiedGroupKFold) if grouped else (KFold, StratifiedKFold)
    return (even_kind if stratified else plain)(n_splits=count, shuffle=True, random_state=seed)


def _ordered(problem: Problem, time: np.ndarray) -> Folds:
    """Train on the past, check on what follows; the order of equal times is that of the rows."""
    order = np.argsort(time, kind="stable")
    count = max(2, min(problem.n_folds, len(order) - 1))
    splits = TimeSeriesSplit(n_splits=count).split(order)
    return [(np.sort(order[train]), np.sort(order[valid])) for train, valid in splits]
