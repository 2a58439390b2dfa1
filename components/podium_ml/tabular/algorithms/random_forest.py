"""Random forest (Breiman 2001): the mean of deep trees, each grown on a bootstrap sample."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Float, Int, Resources
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
    weight=1.5,
    usefulness=4,
    description="The mean of many deep trees, each grown on a random sample of rows and columns.",
)
