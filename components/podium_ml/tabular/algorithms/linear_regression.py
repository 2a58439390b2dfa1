"""Linear regression with an elastic-net penalty (Zou and Hastie 2005)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources, objective_of
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._quiet import fit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    alpha: float = 0.001,
    l1_ratio: float = 0.5,
    logarithmic: bool = False,
) -> Any:
    """Build an elastic net on a standardized target, so that ``alpha`` means the same in any unit.

    The Gram matrix is computed once, so that the cost of an iteration does not grow with the number of rows.
    """
    from sklearn.linear_model import ElasticNet

    from podium_ml.algorithms.quantile_regression import at_level
    from podium_ml.tabular.algorithms._target_scaling import on_scaled_target

    level = objective_of(problem).level
    model = ElasticNet(
        alpha=alpha, l1_ratio=l1_ratio, precompute=True, max_iter=500, tol=1e-3, random_state=seed
    )
    return on_scaled_target(at_level(model, level), logarithmic=logarithmic, level=level)


SPEC = AlgorithmSpec(
    name="linear_regression",
    title="Linear regression (elastic net)",
    tasks=frozenset({"regression"}),
    build=build,
    fit=fit,
    search_space={
        "alpha": Float(1e-5, 1.0, log=True),
        "l1_ratio": Float(0.05, 1.0),
        "logarithmic": Categorical((False, True)),
    },
    portfolio=[
        {},
        {"alpha": 0.001, "logarithmic": True},
        {"alpha": 0.02, "l1_ratio": 0.9},
        {"alpha": 0.0001, "l1_ratio": 0.1},
    ],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.3,
    cost=Cost(0.0005),
    interpretable=True,
    description="A weighted sum of the features; its mixed penalty drops features that do not help.",
)
