"""Repeats the last season; the forecast that every other one must beat."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._naive import SeasonalNaive
from podium_ml.forecasting.forecaster import horizon_of, season_of


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build the forecaster."""
    return SeasonalNaive(horizon_of(problem), season_of(problem))


SPEC = AlgorithmSpec(
    name="baseline",
    title="Baseline (seasonal naive)",
    tasks=frozenset({"forecasting"}),
    build=build,
    needs="panel",
    weight=0.2,
    cost=Cost(0.002, columns=0.0),
    usefulness=0,
    weighted=False,
    description="Repeats the last season; the forecast that every other one must beat.",
)
