"""The lasso by least-angle regression (Efron et al. 2004)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources, objective_of
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._quiet import fit


def build(
    problem: Problem, *, seed: int, n_jobs: int, alpha: float = 0.001, logarithmic: bool = False
) -> Any:
    """Build a lasso on a standardized target; a little noise keeps equal columns from breaking the path."""
    from sklearn.linear_model import LassoLars

    from podium_ml.tabular.algorithms._target_scaling import on_scaled_target

    model = LassoLars(alpha=alpha, max_iter=300, jitter=1e-6, fit_path=False, random_state=seed)
    level = objective_of(problem).level
    return on_scaled_target(model, logarithmic=logarithmic, level=level)


SPEC = AlgorithmSpec(
    name="lasso_lars",
    title="Lasso (least-angle regression)",
    tasks=frozenset({"regression"}),
    build=build,
    fit=fit,
    search_space={"alpha": Float(1e-5, 0.1, log=True), "logarithmic": Categorical((False, True))},
    portfolio=[{}, {"alpha": 0.001, "logarithmic": True}, {"alpha": 0.0001}, {"alpha": 0.01}],
    sparse=[{"alpha": 0.03}, {"alpha": 0.1}, {"alpha": 0.01}],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.2,
    cost=Cost(0.002, rows=0.5, columns=0.8),
    usefulness=2,
    interpretable=True,
    weighted=False,
    description="A weighted sum of a few features, added one at a time; ignores sample weights.",
)
