"""Goes on from the last value with the mean slope."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._naive import Drift
from podium_ml.forecasting.forecaster import horizon_of


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build the forecaster."""
    return Drift(horizon_of(problem))


SPEC = AlgorithmSpec(
    name="drift",
    title="Drift",
    tasks=frozenset({"forecasting"}),
    build=build,
    needs="panel",
    by_group=True,
    weight=0.2,
    cost=Cost(0.002, columns=0.0),
    usefulness=1,
    weighted=False,
    description="Goes on from the last value with the mean slope.",
)
