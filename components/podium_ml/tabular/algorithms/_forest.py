"""Growing of scikit-learn forests in batches of trees, so that a deadline can end it."""

import time
import warnings
from typing import Any

import numpy as np

from podium_ml.algorithms import Matrix, Validation
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline

_LARGEST_FOREST = 64 * 2**20  # bytes of one forest in memory; its file has a twentieth of that
# Rows of the overall class mix to add to each leaf; a forest is already smooth and needs very little.
_SMOOTHING = 0.02


def leaf_limit(problem: Problem, n_estimators: int) -> int:
    """Return the most leaves a tree may have, so that the forest fits into memory and its file stays small."""
    bytes_per_leaf = 2 * (64 + 8 * problem.n_outputs)
    return max(64, _LARGEST_FOREST // (n_estimators * bytes_per_leaf))


def column_share(problem: Problem) -> float | str:
    """Return the default columns to try at each split; regression gains from more than their square root."""
    return "sqrt" if problem.is_classification else 0.8


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Grow the forest in batches until it is complete or the deadline passes; batches do not change the trees."""
    from podium_ml.models.compact_forest import compact
    from podium_ml.tabular.algorithms._smoothing import smooth_leaves

    total, grown = estimator.n_estimators, 0
    batch = total if deadline.remaining() == float("inf") else max(1, estimator.n_jobs or 1)
    began = time.monotonic()
    estimator.set_params(warm_start=True)
    while grown < total and not (grown and deadline.passed()):
        grown = min(total, grown + batch)
        estimator.set_params(n_estimators=grown)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="class_weight presets")
            estimator.fit(X, y, sample_weight=sample_weight)
        batch = _next_batch(grown, time.monotonic() - began, deadline)
    if hasattr(estimator, "classes_"):
        for tree in estimator.estimators_:
            smooth_leaves(tree.tree_, rows=_SMOOTHING)
    return compact(estimator)


def _next_batch(grown: int, elapsed: float, deadline: Deadline) -> int:
    """Return the number of trees to grow before the next check of the clock: at most half of what still fits."""
    fitting = deadline.remaining() * grown / max(elapsed, 1e-6) / 2
    return int(max(1, min(fitting, 2 * grown)))
