"""What networks share that learn along a schedule: their rounds, and watching validation rows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from podium_ml.algorithms import Rounds, Validation
from podium_ml.tabular.algorithms._boosting import known_classes

# A round is a percent of the schedule, because the learning rate depends on how much of it is done.
PERCENTS = Rounds(
    "stop_at",
    losses=lambda network: network.losses_,
    default=lambda _: 100,
    first=lambda network, percent: network.recorded(percent),
    grow=False,
)


def fit_watched(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    validation: Validation | None,
    without_torch: Callable[[Any], Any],
    **options: Any,
) -> Any:
    """Train a network and watch validation rows; without any, return a model that predicts without PyTorch."""
    watched = known_classes(validation, y)
    network = estimator.fit(X, y, sample_weight, validation=watched, **options)
    return network if watched else without_torch(network)
