"""Fitting for metrics that no algorithm minimizes itself: on logarithms, or with weights."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from podium_ml.algorithms import objective_of, relative_weight
from podium_ml.targets._fitting import Fitting

# Largest logarithm whose exponential is finite.
_LARGEST = 700.0


@dataclass(frozen=True)
class LogarithmModel:
    """Predicts values with an estimator that was fitted on the logarithms of one plus the target.

    Attributes:
        estimator: The fitted estimator.
    """

    estimator: Any

    def predict(self, X: Any) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return np.expm1(np.minimum(np.asarray(self.estimator.predict(X), dtype=np.float64), _LARGEST))


def fit_values(work: Fitting) -> Any:
    """Fit what the metric asks for: the mean logarithm, or a median in which errors are relative to the target."""
    objective = objective_of(work.problem)
    if objective.logarithmic and _have_logarithms(work.train[1]):
        return LogarithmModel(_on_logarithms(work).run())
    if objective.relative:
        weight, valid = relative_weight(work.train[1], work.weight), work.valid
        if valid is not None:
            valid = valid[0], valid[1], relative_weight(valid[1], valid[2])
        return replace(work, weight=weight, valid=valid, problem=replace(work.problem, metric="mae")).run()
    return work.run()


def _have_logarithms(y: np.ndarray) -> bool:
    return float(y.min()) > -1.0


def _on_logarithms(work: Fitting) -> Fitting:
    X, y = work.train
    valid = work.valid
    if valid is not None:
        valid = valid[0], np.log1p(np.maximum(valid[1], y.min())), valid[2]
    return replace(
        work,
        train=(X, np.log1p(y)),
        valid=valid,
        problem=replace(work.problem, metric="rmse"),
    )
