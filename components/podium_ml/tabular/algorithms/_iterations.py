"""Fitting of iterative scikit-learn estimators in stages, so that a deadline can end it."""

import warnings
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix, Validation
from podium_ml.run.budget import Deadline

# So many iterations are the first stage at least, or as many as read so many values altogether, in a tenth of a second;
# of SAGA's, which take longer, a part. With fewer, a fold with little time would be scored with worse coefficients than
# those of the model that is handed over.
_FEWEST, _FIRST_VALUES, _FIRST_OF_SAGA = 10, 200_000_000, 20_000_000


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
    stage = done = (
        total if deadline.remaining() == float("inf") else min(total, _first_stage(estimator, X, y))
    )
    estimator.set_params(warm_start=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(converge|max_iter).*")
        while True:
            estimator.set_params(max_iter=stage).fit(X, y, sample_weight=sample_weight)
            if np.max(estimator.n_iter_) < stage or done >= total or deadline.passed():
                return estimator.set_params(max_iter=total, warm_start=False)
            stage = min(2 * stage, total - done)
            done += stage


def _first_stage(estimator: Any, X: Matrix, y: np.ndarray) -> int:
    values = _FIRST_OF_SAGA if getattr(estimator, "solver", "") == "saga" else _FIRST_VALUES
    outputs = 1 if y.dtype.kind == "f" else len(np.unique(y))
    return max(_FEWEST, values // max(1, X.size * outputs))
