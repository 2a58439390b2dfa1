"""Fitting of methods that cannot be interrupted: on more and more rows, as long as time is likely to allow."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix, Related, Validation
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._quiet import fit as fit_quietly

_MIN_GROWTH = 1.3


@dataclass(frozen=True)
class Growth:
    """How a fit grows with the number of rows.

    Attributes:
        exponent: Power of the number of rows that its cost follows.
        most: Greatest factor from one number of rows to the next.
        share: Part of the time left that the next fit may be expected to take.
        first: Number of rows to begin with, which take next to no time. If there are no more, all are used however
            little time is left, so that a fold learns from as many as the model that is handed over.
    """

    exponent: float
    most: float
    share: float
    first: int = 300


# The cost of kernels grows slightly faster than the square of the number of rows, that of sums of terms with the rows:
# these can be foretold so well that all rows may follow the first ones. Those of dense rows take milliseconds.
_KERNELS = Growth(2.2, 8.0, 0.5, first=1_000)
_SUMS, _QUICK = Growth(1.1, 1_000.0, 0.8), Growth(1.1, 1_000.0, 0.8, first=5_000)


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
    growth: Growth = _KERNELS,
    **related: Related,
) -> Any:
    """Fit on all rows; with a deadline, first on few, then on as many as a part of the time left allows, and so on."""
    order = np.random.default_rng(0).permutation(len(y))
    rows = len(y) if deadline.remaining() == float("inf") else growth.first
    while True:
        chosen = with_every_class(np.sort(order[:rows]), y)
        weight = None if sample_weight is None else sample_weight[chosen]
        began = time.monotonic()
        part = {name: one.of_rows(chosen) for name, one in related.items()}
        fit_quietly(
            estimator, X[chosen], y[chosen], sample_weight=weight, validation=None, deadline=deadline, **part
        )
        spare = growth.share * deadline.remaining() / (time.monotonic() - began + 1e-6)
        factor = spare ** (1 / growth.exponent)
        if rows >= len(y) or factor < _MIN_GROWTH:
            return estimator
        rows = round(rows * min(factor, growth.most))


# Fit a weighted sum of terms, or of few columns, which takes as many times longer as there are more rows.
fit_sums, fit_quick = partial(fit, growth=_SUMS), partial(fit, growth=_QUICK)


def with_every_class(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Add the first row of each class, so that a random subset contains every class."""
    if y.dtype.kind == "f":
        return rows
    return np.union1d(rows, np.unique(y, return_index=True)[1])
