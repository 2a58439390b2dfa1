"""One number of rounds for all folds of a configuration."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier

from podium_ml.algorithms import AlgorithmSpec, common_rounds
from podium_ml.targets import Target


def choose_rounds(
    spec: AlgorithmSpec, target: Target, fitted: Sequence[Any], sizes: Sequence[int]
) -> tuple[int, ...]:
    """Return the number of rounds of each estimator; empty if the algorithm does not learn in rounds.

    Args:
        spec: The algorithm.
        target: The type of target.
        fitted: What the target's ``fit`` returned for each fold.
        sizes: Number of validation rows of each fold.
    """
    if spec.rounds is None:
        return ()
    by_fold = [target.estimators(one) for one in fitted]
    return tuple(_rounds(spec, estimators, sizes) for estimators in zip(*by_fold, strict=True))


def grown_rounds(spec: AlgorithmSpec, rounds: Sequence[int], factor: float) -> tuple[int, ...]:
    """Return the number of rounds of each estimator for so many times as many rows."""
    return tuple(spec.rounds.for_rows(one, factor) for one in rounds) if spec.rounds else ()


def with_rounds(spec: AlgorithmSpec, target: Target, fitted: Any, rounds: Sequence[int]) -> Any:
    """Return a fitted model that predicts with the first rounds of its estimators."""
    if spec.rounds is None:
        return fitted
    first = spec.rounds.first
    parts = zip(target.estimators(fitted), rounds, strict=True)
    limited = [one if _is_constant(one) else first(one, count) for one, count in parts]
    return target.with_estimators(fitted, limited)


def shortened(spec: AlgorithmSpec, target: Target, fitted: Any, rounds: Sequence[int]) -> Any:
    """Return a fitted model that is left with the first rounds of its estimators, so that it can be handed over."""
    if spec.rounds is None or spec.rounds.shortened is None:
        return fitted
    shorten = spec.rounds.shortened
    parts = zip(target.estimators(fitted), rounds, strict=True)
    return target.with_estimators(
        fitted, [one if _is_constant(one) else shorten(one, count) for one, count in parts]
    )


def _rounds(spec: AlgorithmSpec, estimators: Sequence[Any], sizes: Sequence[int]) -> int:
    assert spec.rounds is not None
    curves = [np.empty(0) if _is_constant(one) else spec.rounds.losses(one) for one in estimators]
    known = [(losses, size) for losses, size in zip(curves, sizes, strict=True) if len(losses)]
    return common_rounds([losses for losses, _ in known], [size for _, size in known]) if known else 1


def _is_constant(estimator: Any) -> bool:
    """Whether the training rows of the fold had only one class."""
    return isinstance(estimator, DummyClassifier)
