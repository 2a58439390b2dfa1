"""Helpers of the gradient boosting libraries: usable validation rows, and rounds to train without any."""

import math
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.algorithms import Matrix, Validation
from podium_ml.contracts import Problem

# More rounds gain little, but the models of a run then cost too much for an ensemble: see EXPERIMENTS.md.
MAX_ROUNDS = 2_000
_LEAST_PATIENCE, _PATIENCE_SHARE = 50, 0.125


class Patience:
    """Knows when more rounds are hopeless: none was better for 50 rounds, or an eighth of what the best one took.

    A loss that still falls after thousands of rounds falls slowly, and stalls for longer in between.
    """

    def __init__(self) -> None:
        self._best_loss, self._best_round = math.inf, -1

    def ends(self, round_: int, loss: float) -> bool:
        """Whether to stop after a round.

        Args:
            round_: Number of the round, from 0.
            loss: Loss on the validation rows after it.
        """
        if loss < self._best_loss:
            self._best_loss, self._best_round = loss, round_
        return round_ - self._best_round >= max(_LEAST_PATIENCE, _PATIENCE_SHARE * self._best_round)


def known_classes(validation: Validation | None, y: np.ndarray) -> Validation | None:
    """Drop validation rows of classes missing from the training rows; the libraries reject such labels.

    Returns:
        The remaining rows, or ``None`` if there are none; all rows of values and of sets of labels.
    """
    if validation is None or y.dtype.kind == "f" or y.ndim > 1:
        return validation
    X_valid, y_valid, weight = validation
    known = np.isin(y_valid, np.unique(y))
    if known.all():
        return validation if len(y_valid) else None
    if not known.any():
        return None
    return X_valid[known], y_valid[known], None if weight is None else weight[known]


def evaluation_rows(validation: Validation | None, *, weights: str) -> dict[str, Any]:
    """Return the arguments by which a library's ``fit`` is given validation rows; none without any.

    Args:
        validation: The validation rows.
        weights: The library's name for the argument with their weights.
    """
    if validation is None:
        return {}
    X_valid, y_valid, weight = validation
    return {"eval_set": [(numbered(X_valid), y_valid)], weights: None if weight is None else [weight]}


def default_learning_rate(problem: Problem) -> float:
    """Return a learning rate for early stopping; higher for many classes, as each round grows a tree per class."""
    return min(0.15, 0.05 * math.sqrt(max(2, problem.n_outputs) / 2))


def usual_rounds(learning_rate: float) -> int:
    """Return a number of trees if nothing is known about the data; its product with the learning rate is constant."""
    return math.ceil(8.0 / learning_rate)


def usual_rounds_of(estimator: Any) -> int:
    """Return ``usual_rounds`` of an estimator that has its learning rate as an attribute."""
    return usual_rounds(estimator.learning_rate)


def numbered(X: Matrix) -> Matrix:
    """Name a frame's columns by position: users' names may contain characters that the libraries reject."""
    if isinstance(X, pd.DataFrame):
        return X.set_axis([f"feature_{i}" for i in range(X.shape[1])], axis=1)
    return X
