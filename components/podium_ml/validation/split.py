"""Which rows are set aside, and how the others are cross-validated."""

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit, train_test_split

from podium_ml.contracts.problem import FoldStrategy
from podium_ml.featurization.build import _read_groups, _read_times
from podium_ml.validation.context import Context, hashable
from podium_ml.validation.targets import canonical

# Folds by number of training rows; above the last, one holdout.
_FOLDS = ((1_000, 10), (20_000, 5), (100_000, 3))
_HOLDOUT_FRACTION = 0.1


def set_test_aside(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the training rows and of the test rows, each in order.

    The latest rows in time, whole groups, or a random, for classes stratified, part. Rows that are equal in every
    feature stay on one side, or the test would ask what was learned by heart.
    """
    settings, rows = context.settings, len(context.table)
    everything = np.arange(rows)
    if not settings.test_fraction or context.test is not None:
        return everything, everything[:0]
    if settings.time_column:
        order = np.argsort(_read_times(context.table[settings.time_column]), kind="stable")
        cut = rows - max(1, round(rows * settings.test_fraction))
        return np.sort(order[:cut]), np.sort(order[cut:])
    group = (
        _read_groups(context.table[settings.group_column]) if settings.group_column else _equal_rows(context)
    )
    if settings.group_column:
        splitter = GroupShuffleSplit(n_splits=1, test_size=settings.test_fraction, random_state=settings.seed)
        train, test = next(splitter.split(everything, groups=group))
        return np.sort(train), np.sort(test)
    return _random(context, group)


def plan_folds(context: Context, *, rows: int) -> tuple[FoldStrategy, int]:
    """Return the fold strategy and the number of folds for so many training rows."""
    settings = context.settings
    asked = 0 if settings.folds == "auto" else int(settings.folds)
    count = asked or next((folds for most, folds in _FOLDS if rows < most), 1)
    if settings.time_column:
        return "ordered", max(2, min(count, 5) if not asked else count)
    if settings.group_column:
        groups = context.table[settings.group_column].nunique(dropna=False)
        return ("holdout", 1) if count == 1 else ("grouped", int(max(2, min(count, groups))))
    if count == 1:
        return "holdout", 1
    if context.task == "regression":
        return "shuffled", max(2, min(count, rows))
    return "stratified", int(max(2, min(count, context.classes.max())))


def _random(context: Context, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    settings = context.settings
    _, first = np.unique(group, return_index=True)
    labels = None
    if context.task != "regression":
        codes = pd.factorize(context.target.map(canonical))[0][first]
        labels = codes if np.bincount(codes).min() > 1 else None
    chosen = _split_off(first, labels, fraction=settings.test_fraction, seed=settings.seed)
    in_test = np.isin(group, group[chosen])
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


def _split_off(rows: np.ndarray, labels: np.ndarray | None, *, fraction: float, seed: int) -> np.ndarray:
    try:
        return train_test_split(rows, test_size=fraction, random_state=seed, stratify=labels)[1]
    except ValueError:  # too few rows for one of each class on both sides
        return train_test_split(rows, test_size=fraction, random_state=seed)[1]


def _equal_rows(context: Context) -> np.ndarray:
    """Return codes that are the same for rows that are equal in every feature."""
    names = [column.name for column in context.features]
    if not names:
        return np.arange(len(context.table))
    features = context.table[names].apply(hashable)
    return pd.factorize(pd.util.hash_pandas_object(features.astype(str), index=False))[0]
