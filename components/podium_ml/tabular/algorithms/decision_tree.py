"""A single decision tree (CART, Breiman et al. 1984), small enough to read."""

from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Int, Matrix, Resources, Validation
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    max_leaf_nodes: int = 32,
    min_samples_leaf: int = 10,
    class_weight: str | None = None,
) -> Any:
    """Build a decision tree of at most ``max_leaf_nodes`` rules."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    parameters: dict[str, Any] = {
        "max_leaf_nodes": max(max_leaf_nodes, 3 * problem.n_outputs),
        "min_samples_leaf": min_samples_leaf,
        "random_state": seed,
    }
    if problem.is_classification:
        return DecisionTreeClassifier(class_weight=class_weight, **parameters)
    return DecisionTreeRegressor(**parameters)


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Grow the tree, and smooth its leaves, so that a few rows do not make it certain."""
    from podium_ml.tabular.algorithms._smoothing import smooth_leaves

    estimator.fit(X, y, sample_weight=sample_weight)
    if hasattr(estimator, "classes_"):
        smooth_leaves(estimator.tree_, rows=1.0)
    return estimator


SPEC = AlgorithmSpec(
    name="decision_tree",
    title="Decision tree",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "max_leaf_nodes": Int(4, 128, log=True),
        "min_samples_leaf": Int(2, 100, log=True),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[
        {},
        {"max_leaf_nodes": 8},
        {"max_leaf_nodes": 16, "min_samples_leaf": 30},
        {"max_leaf_nodes": 128},
    ],
    needs="ordinal",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.2,
    cost=Cost(0.007, classes=0.2),
    usefulness=1,
    max_rows=200_000,
    interpretable=True,
    description="One tree of yes-or-no questions, small enough to read.",
)
