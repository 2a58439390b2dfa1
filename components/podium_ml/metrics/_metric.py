"""The declaration of a metric."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Function = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]
Needs = Literal["probability", "label", "value"]


@dataclass(frozen=True)
class Metric:
    """A score of predictions against the truth.

    Attributes:
        name: What users type, e.g. ``"roc_auc"``.
        title: What reports print, e.g. ``"AUC"``.
        tasks: Kinds of problem that it is defined for.
        needs: What ``function`` gets as predictions: ``probability`` (shape ``(n, K)``, rows sum to 1), ``label``
            (class codes, shape ``(n,)``) or ``value`` (shape ``(n,)``).
        greater_is_better: Direction.
        function: ``(y_true, prediction, sample_weight) -> float``; ``y_true`` are class codes ``0 .. K-1`` or values.
            Returns NaN where the metric is undefined (e.g. AUC of one class).
        description: One sentence for ``podium metrics``.
        best: The value of a perfect prediction.
        tunes_threshold: Whether a binary decision threshold other than 0.5 can improve it, and not by predicting (next
            to) one class only, as it would with recall.
    """

    name: str
    title: str
    tasks: frozenset[str]
    needs: Needs
    greater_is_better: bool
    function: Function
    description: str
    best: float = 1.0
    tunes_threshold: bool = False

    def score(
        self,
        y_true: np.ndarray,
        raw: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        threshold: float | None = None,
    ) -> float:
        """Score raw predictions: probabilities of shape ``(n, K)`` or values of shape ``(n,)``.

        Labels are the most probable class, or for binary problems the positive class from ``threshold`` on.
        """
        prediction = raw
        if self.needs == "label" and raw.ndim == 2:
            if threshold is not None and raw.shape[1] == 2:
                prediction = (raw[:, 1] >= threshold).astype(np.int64)
            else:
                prediction = raw.argmax(axis=1)
        return float(self.function(y_true, prediction, sample_weight))

    def utility(self, score: float) -> float:
        """The score turned so that greater is better; NaN becomes minus infinity."""
        if score != score:
            return -np.inf
        return score if self.greater_is_better else -score
