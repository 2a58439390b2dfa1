"""Random forest (Breiman 2001): the mean of deep trees, each grown on a bootstrap sample."""

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
    max_samples: float = 1.0,
    class_weight: str | None = None,
) -> Any:
    """Build a forest of at most ``n_estimators`` trees."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    parameters: dict[str, Any] = {
        "n_estimators": n_estimators,
        "max_features": max_features or column_share(problem),
        "min_samples_leaf": min_samples_leaf,
        "max_samples": None if max_samples >= 1.0 else max_samples,
        "max_leaf_nodes": leaf_limit(problem, n_estimators),
        "random_state": seed,
        "n_jobs": n_jobs,
    }
    if problem.is_classification:
        return RandomForestClassifier(class_weight=class_weight, **parameters)
    return RandomForestRegressor(**parameters)


SPEC = AlgorithmSpec(
    name="random_forest",
    title="Random forest",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "max_features": Float(0.1, 1.0),
        "min_samples_leaf": Int(1, 30, log=True),
        "max_samples": Float(0.4, 1.0),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[
        {},
        {"max_features": 0.5, "min_samples_leaf": 3},
        {"max_features": 0.8, "min_samples_leaf": 1},
        {"min_samples_leaf": 10},
    ],
    needs="ordinal",
    resources=Resources(cpu="1", memory="4Gi"),
    weight=1.0,
    cost=Cost(
        0.2,
        flat=0.3,
        rows=1.1,
        columns=0.75,
        classes=0.05,
        regression=3.0,
        factors={
            "n_estimators": power(128, 1.0),
            "max_features": power(0.25, 0.8),
            "min_samples_leaf": power(2, -0.2),
            "max_samples": power(1.0, 0.6),
        },
        parallel=0.8,
        cheaper=({"n_estimators": 64}, {"n_estimators": 32, "max_samples": 0.5, "min_samples_leaf": 10}),
    ),
    usefulness=4,
    description="The mean of many deep trees, each grown on a random sample of rows and columns.",
)
