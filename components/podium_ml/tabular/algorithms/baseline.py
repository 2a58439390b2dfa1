"""The baseline: it predicts the same for every row, and a model must beat it to be worth having."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Resources, objective_of
from podium_ml.contracts import Problem


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build a dummy that predicts class frequencies, the mean, or the quantile that the metric asks for."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    if problem.is_classification:
        return DummyClassifier(strategy="prior", random_state=seed)
    level = objective_of(problem).level
    return DummyRegressor(strategy="mean" if level is None else "quantile", quantile=level)


SPEC = AlgorithmSpec(
    name="baseline",
    title="Baseline",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    needs="nothing",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.1,
    cost=Cost(0.001, rows=0.5, columns=0.0, classes=0.0),
    interpretable=True,
    description="Predicts the class frequencies, or the mean or a quantile of the target, for every row.",
)
