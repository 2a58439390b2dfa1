"""Fitting of methods that cannot be interrupted: on more and more rows, as long as time is likely to allow."""

import time
from functools import partial
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix, Related, Validation
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._quiet import fit as fit_quietly

_FIRST_ROWS = 300
# The cost of kernels grows slightly faster than the square of the number of rows, that of sums of terms with the rows.
_EXPONENT, _EXPONENT_OF_SUMS = 2.2, 1.1
_MIN_GROWTH, _MAX_GROWTH = 1.3, 8.0


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
    exponent: float = _EXPONENT,
    **related: Related,
) -> Any:
    """Fit on all rows; with a deadline, first on 300, then on as many as half of the time left allows, and so on."""
    order = np.random.default_rng(0).permutation(len(y))
    rows = len(y) if deadline.remaining() == float("inf") else _FIRST_ROWS
    while True:
        chosen = with_every_class(np.sort(order[:rows]), y)
        weight = None if sample_weight is None else sample_weight[chosen]
        began = time.monotonic()
        part = {name: one.of_rows(chosen) for name, one in related.items()}
        fit_quietly(
            estimator, X[chosen], y[chosen], sample_weight=weight, validation=None, deadline=deadline, **part
        )
        growth = (deadline.remaining() / 2 / (time.monotonic() - began + 1e-6)) ** (1 / exponent)
        if rows >= len(y) or growth < _MIN_GROWTH:
            return estimator
        rows = round(rows * min(growth, _MAX_GROWTH))


# Fits a weighted sum of terms, which takes as many times longer as there are more rows.
fit_sums = partial(fit, exponent=_EXPONENT_OF_SUMS)


def with_every_class(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Add the first row of each class, so that a random subset contains every class."""
    if y.dtype.kind == "f":
        return rows
    return np.union1d(rows, np.unique(y, return_index=True)[1])
