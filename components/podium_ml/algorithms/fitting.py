"""Fitting of estimators whose own ``fit`` minds a deadline, and knows neither weights nor validation rows."""

from typing import Any

import numpy as np

from podium_ml.algorithms.spec import Matrix, Validation
from podium_ml.run.budget import Deadline


def fit_in_time(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Fit an estimator that minds its deadline; see ``Fit``."""
    return estimator.fit(X, y, deadline=deadline)
