"""TabPFN: a network, trained on tables, that reads the training rows when it predicts (Hollmann et al. 2025)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources, objective_of, power
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._prior_fitted_checkpoint import is_tabpfn
from podium_ml.tabular.algorithms._quiet import fit


def build(problem: Problem, *, seed: int, n_jobs: int, views: int = 4, temperature: float = 0.9) -> Any:
    """Build the estimator, whose weights are those that the task was given."""
    from podium_ml.tabular.algorithms._prior_fitted_estimators import (
        PriorFittedClassifier,
        PriorFittedRegressor,
    )

    if problem.is_classification:
        return PriorFittedClassifier(views=views, temperature=temperature, seed=seed, n_jobs=n_jobs)
    return PriorFittedRegressor(views=views, level=objective_of(problem).level, seed=seed, n_jobs=n_jobs)


SPEC = AlgorithmSpec(
    name="tabpfn",
    title="TabPFN",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={"views": Categorical((4, 8, 16)), "temperature": Float(0.7, 1.1)},
    portfolio=[{}, {"views": 8}],
    trials=2,
    needs="ordinal",
    weights="pretrained",
    reads_weights=is_tabpfn,
    keeps_rows=True,
    weighted=False,
    resources=Resources(cpu="2", memory="8Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    usefulness=9,
    cost=Cost(
        28.0,
        rows=1.2,
        columns=0.9,
        classes=0.0,
        factors={"views": power(4, 1.0)},
        start=6.0,
        parallel=0.6,
        cheaper=({"views": 2}, {"views": 1}),
    ),
    max_rows=10_000,
    requires=("torch", "tabpfn"),
    extra="tabpfn",
    description="A pretrained network reads the training rows and answers without learning; needs --pretrained.",
)
