"""Algorithms that learn in rounds, such as boosting: the number of rounds is chosen for all folds together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# A number of rounds is carried over to this many times as many rows. Beyond that, nothing was measured.
_MOST_GROWTH = 1.25


@dataclass(frozen=True)
class Rounds:
    """How an algorithm is told its number of rounds, and what it knows about them.

    Stopping each fold on the rows that then score it would make its scores too good. So all folds share one number of
    rounds (as in the cross-validation functions of the boosting libraries), and so does the model of all rows.

    Attributes:
        parameter: The estimator's parameter for the number of rounds.
        losses: Returns the loss on the validation rows after each round, of an estimator that was fitted with some.
        default: Returns the number of rounds of an unfitted estimator if nothing is known about the data.
        first: Returns an estimator that predicts the validation rows with the given number of first rounds of a fitted
            one.
        grow: Whether more rows need more rounds, in proportion.
        shortened: Returns an estimator of the same type with the first rounds of a fitted one alone, to be handed over;
            ``None`` if the algorithm must be fitted anew for that.
    """

    parameter: str
    losses: Callable[[Any], np.ndarray]
    default: Callable[[Any], int]
    first: Callable[[Any, int], Any]
    grow: bool = True
    shortened: Callable[[Any, int], Any] | None = None

    def for_rows(self, rounds: int, factor: float) -> int:
        """Return the number of rounds for more rows.

        A model of all rows has more rows than a fold, and needs about as many more rounds: with the number of the
        folds, the loss on fresh rows was 0.25 % higher (``tests/benchmark/bag_or_single.py``).

        Args:
            rounds: The number of rounds that the folds agreed on.
            factor: How many times as many rows there are; only up to 1.25 times counts.
        """
        return max(1, round(rounds * min(max(factor, 1.0), _MOST_GROWTH))) if self.grow else rounds


class FirstRounds:
    """Predicts with the first rounds of a fitted estimator.

    Args:
        estimator: The estimator.
        options: Keyword arguments of ``predict`` and ``predict_proba`` that limit the rounds.
    """

    def __init__(self, estimator: Any, **options: Any) -> None:
        self._estimator, self._options = estimator, options

    @property
    def classes_(self) -> np.ndarray:
        """The classes of the estimator."""
        return np.asarray(self._estimator.classes_)

    def predict(self, X: Any) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return np.asarray(self._estimator.predict(X, **self._options))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return probabilities, shape ``(n, K)``."""
        return np.asarray(self._estimator.predict_proba(X, **self._options))


def common_rounds(losses: Sequence[np.ndarray], sizes: Sequence[int]) -> int:
    """Return the number of rounds with the lowest mean loss over all folds, at least 1.

    A fold that stopped early keeps its last loss in the rounds that it did not reach.

    Args:
        losses: Loss on the validation rows after each round, one array a fold.
        sizes: Number of validation rows of each fold.

    >>> common_rounds([np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0])], [1, 1])
    3
    """
    longest = max(map(len, losses))
    curves = np.stack([np.pad(one, (0, longest - len(one)), mode="edge") for one in losses])
    return int(np.average(curves, axis=0, weights=np.maximum(sizes, 1)).argmin()) + 1
