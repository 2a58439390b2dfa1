"""TabPFN: a network, trained on tables, that reads the training rows when it predicts (Hollmann et al. 2025)."""

from dataclasses import replace
from typing import Any

from podium_ml.algorithms import objective_of
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._prior_fitted_checkpoint import is_tabpfn
from podium_ml.tabular.algorithms.tabicl import SPEC as TABICL


def build(problem: Problem, *, seed: int, n_jobs: int, views: int = 4, temperature: float = 0.9) -> Any:
    """Build the estimator, whose weights are those that the task was given."""
    from podium_ml.tabular.algorithms._prior_fitted_estimators import (
        PriorFittedClassifier,
        PriorFittedRegressor,
    )

    if problem.is_classification:
        return PriorFittedClassifier(views=views, temperature=temperature, seed=seed, n_jobs=n_jobs)
    return PriorFittedRegressor(views=views, level=objective_of(problem).level, seed=seed, n_jobs=n_jobs)


# It reads tables as TabICL does, three times as long.
SPEC = replace(
    TABICL,
    name="tabpfn",
    title="TabPFN",
    build=build,
    reads_weights=is_tabpfn,
    cost=replace(TABICL.cost, seconds=28.0),
    requires=("torch", "tabpfn"),
    extra="tabpfn",
)
