"""What a metric asks models of values to predict."""

import re
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import Problem

_MEDIAN_METRICS = frozenset(
    {"mae", "nmae", "mean_absolute_error", "median_absolute_error", "quantile_loss", "pinball"}
)
# Targets below this share of the median one weigh no more than that, or a single one near zero would decide.
_SMALLEST_SHARE = 0.01
_QUANTILE = re.compile(r"quantile_loss_(\d+)")


@dataclass(frozen=True)
class Objective:
    """The property of a row's distribution that a metric rewards (Gneiting, JASA 2011).

    Attributes:
        level: Level of the quantile to predict, 0.5 for the median; ``None`` for the mean.
        logarithmic: Whether errors are those of the logarithms of one plus the value.
        relative: Whether errors are divided by the value.
    """

    level: float | None = None
    logarithmic: bool = False
    relative: bool = False


def objective_of(problem: Problem) -> Objective:
    """Return what models of a problem should predict; for classes and unknown metrics the mean.

    >>> objective_of(Problem("p", "regression", "y", "quantile_loss_90", ())).level
    0.9
    """
    name = problem.metric
    if problem.task != "regression":
        return Objective()
    if found := _QUANTILE.fullmatch(name):
        return Objective(level=int(found[1]) / 100)
    if name == "mape":
        return Objective(level=0.5, relative=True)
    return Objective(level=0.5 if name in _MEDIAN_METRICS else None, logarithmic=name == "rmsle")


def relative_weight(y: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Return weights with mean 1 that make absolute errors relative to the target, shape ``(n,)``.

    Args:
        y: Targets, shape ``(n,)``.
        weight: Weights of the rows, or ``None``.
    """
    size = np.abs(y)
    smallest = _SMALLEST_SHARE * float(np.median(size)) or float(size.mean()) or 1.0
    relative = (1.0 if weight is None else weight) / np.maximum(size, smallest)
    return relative / relative.mean() if relative.any() else np.ones(len(y))
