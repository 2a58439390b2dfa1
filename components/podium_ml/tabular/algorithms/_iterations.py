"""Fitting of iterative scikit-learn estimators in stages, so that a deadline can end it."""

import warnings
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix, Validation
from podium_ml.run.budget import Deadline


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Iterate until convergence, ``max_iter`` or the deadline; the estimator must support ``warm_start``.

    Convergence warnings are silenced, because stopping early says nothing about the data.
    """
    total = estimator.max_iter
    stage = done = total if deadline.remaining() == float("inf") else min(total, 10)
    estimator.set_params(warm_start=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(converge|max_iter).*")
        while True:
            estimator.set_params(max_iter=stage).fit(X, y, sample_weight=sample_weight)
            if np.max(estimator.n_iter_) < stage or done >= total or deadline.passed():
                return estimator.set_params(max_iter=total, warm_start=False)
            stage = min(2 * stage, total - done)
            done += stage
