"""Fitting without warnings: this project sets the iteration limits, so users need no convergence warnings."""

import warnings
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix, Related, Validation
from podium_ml.run.budget import Deadline


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
    **related: Related,
) -> Any:
    """Fit without warnings, with sample weights and relations of the rows if there are any."""
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y, **weights, **related)
