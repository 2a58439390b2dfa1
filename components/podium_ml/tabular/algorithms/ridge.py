"""Ridge regression (Hoerl and Kennard 1970)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources, objective_of
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._quiet import fit


def build(problem: Problem, *, seed: int, n_jobs: int, alpha: float = 1.0, logarithmic: bool = False) -> Any:
    """Build a ridge regression on a standardized target."""
    from sklearn.linear_model import Ridge

    from podium_ml.algorithms.quantile_regression import at_level
    from podium_ml.tabular.algorithms._target_scaling import on_scaled_target

    level = objective_of(problem).level
    model = at_level(Ridge(alpha=alpha, random_state=seed), level)
    return on_scaled_target(model, logarithmic=logarithmic, level=level)


SPEC = AlgorithmSpec(
    name="ridge",
    title="Ridge regression",
    tasks=frozenset({"regression"}),
    build=build,
    fit=fit,
    search_space={"alpha": Float(1e-2, 1e4, log=True), "logarithmic": Categorical((False, True))},
    portfolio=[{}, {"alpha": 10.0, "logarithmic": True}, {"alpha": 30.0}, {"alpha": 300.0}],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.2,
    cost=Cost(0.0005, rows=0.8),
    usefulness=3,
    interpretable=True,
    description="A weighted sum of all features with shrunken weights; the fastest model after the baseline.",
)
