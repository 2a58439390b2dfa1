"""The declaration of a metric."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np

from podium_ml.metrics._decisions import Threshold, decide_labels, decide_sets

# Takes targets, predictions and weights, and the threshold where ``at_threshold`` says so.
Function = Callable[..., float]
Needs = Literal["probability", "label", "value", "forecast", "spans"]
# Counts of each row from targets and raw predictions, and the score of counts summed over rows.
Counts = Callable[..., np.ndarray]
OfSums = Callable[[np.ndarray], np.ndarray]
# What is known of each row, and the score of rows of which that is known.
Parts = Callable[[np.ndarray, np.ndarray], Sequence[Any]]
OfParts = Callable[[Sequence[Any]], float]
# Tasks whose targets are sets of labels.
SET_TASKS = frozenset({"multilabel"})


@dataclass(frozen=True)
class Metric:
    """A score of predictions against the truth.

    Attributes:
        name: What users type, e.g. ``"roc_auc"``.
        title: What reports print, e.g. ``"AUC"``.
        tasks: Tasks that it is defined for.
        needs: Predictions that ``function`` receives: ``probability`` (shape ``(n, K)``, rows sum to 1), ``label``
            (class codes, shape ``(n,)``) or ``value`` (shape ``(n,)``). For sets of labels, ``probability`` has one
            column per label, and ``label`` is a 0/1 matrix of the same shape; so is ``y_true``. ``forecast`` receives
            all columns of future values and their forecasts; ``value`` the first ones. ``spans`` receives the tags of
            texts and the probabilities of tags.
        greater_is_better: Whether greater values are better.
        function: ``(y_true, prediction, sample_weight) -> float``; ``y_true`` holds class codes ``0 .. K-1`` or values.
            Returns NaN where the metric is undefined (e.g. AUC of one class).
        description: One sentence for ``podium metrics``.
        best: The value of a perfect prediction.
        tunes_threshold: Whether a binary decision threshold other than 0.5 can improve it without predicting (almost)
            only one class, as would happen with recall. For more classes, and for sets of labels, whether thresholds
            of the classes or labels can.
        default_for: Tasks that use this metric by default.
        of_sets: Whether truth and predictions are sets of labels; set by ``for_task``.
        bounds: Smallest and greatest possible value, infinite where unknown.
        per_range: Whether ``score`` divides by the range of the true values, so that targets in any unit compare.
        span: That range over all training rows, so that folds, test rows and champions share one denominator;
            ``None`` for the range of the scored rows. Set by ``over``.
        above: Targets must be greater than this; infinite if they may have any value.
        nonzero: Whether targets must not be 0, because the metric divides by them.
        counts: Counts of each row, shape ``(n, ...)``, if the score is a function of their sums; else ``None``.
        of_sums: That function, for sums of shape ``(..., B, ...)`` with any leading axes.
        parts: What is known of each row once, for all resamples and all metrics that share it, where that takes long.
        of_parts: The score of rows, from their parts.
        at_threshold: Whether ``function`` and ``counts`` take the threshold as their last argument.
        comparable: Whether models may be compared by it; if not, it is only reported, and best near 0 on either side.
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
    default_for: frozenset[str] = frozenset()
    of_sets: bool = False
    bounds: tuple[float, float] = (-math.inf, math.inf)
    per_range: bool = False
    span: float | None = None
    above: float = -math.inf
    nonzero: bool = False
    comparable: bool = True
    counts: Counts | None = None
    of_sums: OfSums | None = None
    parts: Parts | None = None
    of_parts: OfParts | None = None
    at_threshold: bool = False

    def for_task(self, task: str) -> Self:
        """Return the metric as it applies to a task."""
        return replace(self, of_sets=task in SET_TASKS)

    def over(self, span: float | None) -> Self:
        """Return the metric for targets with this range over all training rows; ``None`` if it is unknown.

        Without a positive range, a metric that divides by it stays as it is.
        """
        return replace(self, span=span) if self.per_range and span else self

    def rejects(self, y_true: np.ndarray) -> np.ndarray:
        """Return which targets make the metric undefined; booleans, shape ``(n,)``. Missing ones do not count."""
        return (y_true <= self.above) | ((y_true == 0) & self.nonzero)

    def score(
        self,
        y_true: np.ndarray,
        raw: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        threshold: Threshold = None,
    ) -> float:
        """Score raw predictions: probabilities of shape ``(n, K)`` or values of shape ``(n,)``.

        A label is the most probable class. With a ``threshold`` for binary problems, it is the positive class if the
        probability is at least the threshold. Sets of labels have one threshold per label, 0.5 by default.
        """
        prediction = raw
        if self.needs == "value" and raw.ndim > 1:
            y_true, prediction = y_true[:, 0], raw[:, 0]
        if self.needs == "label":
            prediction = (decide_sets if self.of_sets else decide_labels)(raw, threshold)
        more = (threshold,) if self.at_threshold else ()
        score = float(self.function(y_true, prediction, sample_weight, *more))
        return self._in_ranges(score, y_true) if self.per_range else score

    def _in_ranges(self, score: float, y_true: np.ndarray) -> float:
        span = float(np.ptp(y_true)) if self.span is None else self.span
        return score / span if span else math.nan

    def utility(self, score: float) -> float:
        """Return the score, negated if lower is better, so that greater is better; NaN becomes minus infinity."""
        if score != score:
            return -np.inf
        if not self.comparable:
            return -abs(score)
        return score if self.greater_is_better else -score
