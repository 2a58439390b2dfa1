"""Splits of the training rows, for what an algorithm measures on rows that it was not fitted on."""

import warnings

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from podium_ml.algorithms import Related
from podium_ml.contracts.targets import Folds
from podium_ml.splits.folds import forward_folds
from podium_ml.values.row_roles import last_times


def inner_folds(y: np.ndarray, related: Related | None, *, count: int, seed: int) -> Folds:
    """Return folds that keep groups together and train on the past, where the rows have groups or times.

    Args:
        y: Class codes, which are spread evenly, or values, shape ``(n,)``.
        related: Groups and times of the rows, or ``None``.
        count: Number of folds; there may be fewer.
        seed: Seed of the folds.

    Returns:
        Training and validation rows. Each row is in one validation part; the earliest ones in time are in none.
    """
    group, time = (None, None) if related is None else (related.group, related.time)
    if time is not None and (forward := forward_folds(_moments(group, time), count)):
        return forward
    groups = 0 if group is None else len(np.unique(group))
    plain, even = (GroupKFold, StratifiedGroupKFold) if groups > 1 else (KFold, StratifiedKFold)
    kind = even if y.dtype.kind in "iu" else plain
    folds = kind(min(count, groups) if groups > 1 else count, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        return list(folds.split(np.zeros(len(y)), y, group if groups > 1 else None))


def hold_out(rows: int, related: Related | None, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the rows to train on, and of a few to measure errors on: a tenth, or 50.

    Groups, or the rows of one moment, are held out as a whole. Of rows with times these are any moments rather than the
    newest ones, because there is no later fit on all rows, and a model must have seen the newest.

    Args:
        rows: Number of rows.
        related: Groups and times of the rows, or ``None``.
        seed: Seed of the choice.
    """
    wanted, random = min(rows // 2, max(rows // 10, 50)), np.random.default_rng(seed)
    group, time = (None, None) if related is None else (related.group, related.time)
    unit = group if time is None else _moments(group, time)
    if unit is not None:
        units, codes, sizes = np.unique(unit, return_inverse=True, return_counts=True)
        order = random.permutation(len(units))
        order = order[np.argsort(sizes[order] > wanted, kind="stable")]  # Large units come last.
        ends = sizes[order].cumsum()
        number = max(1, int(np.searchsorted(ends, wanted, side="right")))
        if ends[number - 1] <= rows // 2:
            out = np.isin(codes, order[:number])
            return np.flatnonzero(~out), np.flatnonzero(out)
    shuffled = random.permutation(rows)
    return shuffled[wanted:], shuffled[:wanted]


def _moments(group: np.ndarray | None, time: np.ndarray) -> np.ndarray:
    """Return when each row, or the last row of its group, was; equal values stay together."""
    return time if group is None else last_times(time, group)
