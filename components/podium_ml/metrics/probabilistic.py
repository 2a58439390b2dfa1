"""Metrics of the probabilities themselves."""

import math

import numpy as np

from podium_ml.metrics._metric import Metric
from podium_ml.metrics._quiet import quiet

_BOTH = frozenset({"binary", "multiclass"})
_SMALLEST = 1e-15


@quiet
def _log_loss(y_true: np.ndarray, raw: np.ndarray, sample_weight: np.ndarray | None) -> float:
    likely = np.clip(raw[np.arange(len(y_true)), y_true], _SMALLEST, 1.0)
    return float(np.average(-np.log(likely), weights=sample_weight))


@quiet
def _brier(y_true: np.ndarray, raw: np.ndarray, sample_weight: np.ndarray | None) -> float:
    if raw.shape[1] == 2:
        losses = (raw[:, 1] - (y_true == 1)) ** 2
    else:
        losses = ((raw - np.eye(raw.shape[1])[y_true]) ** 2).sum(axis=1)
    return float(np.average(losses, weights=sample_weight))


SPECS = (
    Metric(
        "log_loss",
        "Log loss",
        _BOTH,
        "probability",
        False,
        _log_loss,
        "Mean negative log-likelihood of the true class.",
        best=0.0,
        bounds=(0.0, math.inf),
        default_for=frozenset({"multiclass"}),
    ),
    Metric(
        "brier",
        "Brier score",
        _BOTH,
        "probability",
        False,
        _brier,
        "Mean squared error of the probabilities, summed over classes if there are more than two.",
        best=0.0,
        bounds=(0.0, 2.0),
    ),
)
