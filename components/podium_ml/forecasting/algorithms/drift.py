"""Goes on from the last value with the mean slope."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._naive import Drift


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build the forecaster."""
    return Drift()


SPEC = AlgorithmSpec(
    name="drift",
    title="Drift",
    tasks=frozenset({"forecasting"}),
    build=build,
    needs="panel",
    weight=0.2,
    cost=Cost(0.002),
    usefulness=1,
    weighted=False,
    interpretable=True,
    description="Goes on from the last value with the mean slope.",
)
