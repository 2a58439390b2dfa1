"""How the networks that find objects are trained."""

from typing import Any

import numpy as np

from podium_ml.algorithms import Validation
from podium_ml.run.budget import Deadline


def fit(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Train until the end of the schedule, which a deadline compresses."""
    return estimator.fit(X, y, deadline=deadline)
