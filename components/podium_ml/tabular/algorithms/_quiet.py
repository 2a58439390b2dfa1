"""Fitting in silence: a convergence warning concerns who chose the limit of iterations, and that is this project."""

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
    """Fit with sample weights where there are any, without warnings."""
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y, **weights)


def fit_unweighted(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Fit without warnings an estimator whose library knows no sample weights; they then count in scores only."""
    return fit(estimator, X, y, sample_weight=None, validation=validation, deadline=deadline)
