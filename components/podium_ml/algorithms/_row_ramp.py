"""Fitting methods that cannot be interrupted: on ever more rows, while the time is likely to suffice."""

import time
from typing import Any

import numpy as np

from podium_ml.algorithms._boosting import Validation
from podium_ml.algorithms._quiet import fit as fit_quietly
from podium_ml.algorithms._spec import Matrix
from podium_ml.budget import Deadline

_FIRST_ROWS = 300
_GROWTH = 4
# Cost of a fit relative to the one before it; kernels grow with the square of the rows, and a little more.
_COST = _GROWTH**2.2


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Fit on all rows, or with a deadline on 300, then four times as many, ... as far as the time allows."""
    order = np.random.default_rng(0).permutation(len(y))
    rows = len(y) if deadline.remaining() == float("inf") else _FIRST_ROWS
    while True:
        chosen = _with_every_class(np.sort(order[:rows]), y)
        weight = None if sample_weight is None else sample_weight[chosen]
        began = time.monotonic()
        fit_quietly(estimator, X[chosen], y[chosen], sample_weight=weight, validation=None, deadline=deadline)
        expected = (time.monotonic() - began) * _COST
        if rows >= len(y) or expected > deadline.remaining():
            return estimator
        rows *= _GROWTH


def _with_every_class(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Add the first row of each class that a random subset lacks."""
    if y.dtype.kind == "f":
        return rows
    return np.union1d(rows, np.unique(y, return_index=True)[1])
