"""Fitting an iterative scikit-learn estimator in stretches, so that a deadline can end it."""

import warnings
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._boosting import Validation


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Iterate until convergence, ``max_iter`` or the deadline; the estimator must know ``warm_start``.

    Stopping early is no fault of the data, so convergence warnings are silenced.
    """
    total = estimator.max_iter
    stretch = done = total if deadline.remaining() == float("inf") else min(total, 10)
    estimator.set_params(warm_start=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(converge|max_iter).*")
        while True:
            estimator.set_params(max_iter=stretch).fit(X, y, sample_weight=sample_weight)
            if np.max(estimator.n_iter_) < stretch or done >= total or deadline.passed():
                return estimator.set_params(max_iter=total, warm_start=False)
            stretch = min(2 * stretch, total - done)
            done += stretch
