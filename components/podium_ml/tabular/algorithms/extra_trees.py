"""Extremely randomized trees (Geurts, Ernst and Wehenkel 2006)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, power
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._forest import column_share, fit, leaf_limit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    n_estimators: int = 128,
    max_features: float | None = None,
    min_samples_leaf: int = 2,
    class_weight: str | None = None,
) -> Any:
    """Build a forest of at most ``n_estimators`` trees whose split points are drawn at random."""
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    parameters: dict[str, Any] = {
        "n_estimators": n_estimators,
        "max_features": max_features or column_share(problem),
        "min_samples_leaf": min_samples_leaf,
        "max_leaf_nodes": leaf_limit(problem, n_estimators),
        "random_state": seed,
        "n_jobs": n_jobs,
    }
    if problem.is_classification:
        return ExtraTreesClassifier(class_weight=class_weight, **parameters)
    return ExtraTreesRegressor(**parameters)


SPEC = AlgorithmSpec(
    name="extra_trees",
    title="Extra trees",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "max_features": Float(0.1, 1.0),
        "min_samples_leaf": Int(1, 30, log=True),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[
        {},
        {"max_features": 0.9, "min_samples_leaf": 1},
        {"max_features": 0.5, "min_samples_leaf": 4},
        {"min_samples_leaf": 10},
    ],
    needs="ordinal",
    resources=Resources(cpu="1", memory="4Gi"),
    weight=1.0,
    cost=Cost(
        0.16,
        flat=0.4,
        columns=0.5,
        classes=0.1,
        regression=2.5,
        factors={
            "n_estimators": power(128, 1.0),
            "max_features": power(0.25, 0.5),
            "min_samples_leaf": power(2, -0.2),
        },
        parallel=0.8,
        cheaper=({"n_estimators": 64}, {"n_estimators": 32, "min_samples_leaf": 10}),
    ),
    usefulness=4,
    description="The mean of many deep trees with random split points; smoother than a random forest.",
)
