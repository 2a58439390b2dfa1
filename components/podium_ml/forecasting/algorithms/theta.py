"""The Theta method (Assimakopoulos and Nikolopoulos 2000)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._batch import Theta
from podium_ml.forecasting.forecaster import horizon_of, season_of


def build(problem: Problem, *, seed: int, n_jobs: int, scale: str = "log", slope: float = 0.5) -> Any:
    """Build the forecaster."""
    return Theta(horizon_of(problem), season_of(problem), scale, slope)


SPEC = AlgorithmSpec(
    name="theta",
    title="Theta",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"scale": Categorical(("log", "plain")), "slope": Float(0.0, 1.0)},
    portfolio=[{}, {"scale": "plain"}, {"slope": 0.2}],
    trials=4,
    needs="panel",
    by_group=True,
    weight=0.6,
    cost=Cost(0.006, columns=0.0),
    usefulness=4,
    weighted=False,
    description="Combines a line through the series with a smoothed one, after taking the season out.",
)
