"""What networks share that learn along a schedule: their rounds, and how they are trained."""

from typing import Any

import numpy as np

from podium_ml.algorithms import Related, Rounds, Validation
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._boosting import known_classes

# A round is a percent of the schedule, because the learning rate depends on how much of it is done.
PERCENTS = Rounds(
    "stop_at",
    losses=lambda network: network.losses_,
    default=lambda _: 100,
    first=lambda network, percent: network.recorded(percent),
    grow=False,
)


def fit(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
    **related: Related,
) -> Any:
    """Train until the end of the schedule, which a deadline compresses, and watch validation rows.

    Without any, the model that is returned predicts without PyTorch.
    """
    watched = known_classes(validation, y)
    network = estimator.fit(X, y, sample_weight, validation=watched, deadline=deadline, **related)
    return network if watched else network.without_torch()
