"""The mean of the last values of the same place in the season."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Int
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._naive import SeasonalMean
from podium_ml.forecasting.forecaster import season_of


def build(problem: Problem, *, seed: int, n_jobs: int, seasons: int = 4) -> Any:
    """Build the forecaster."""
    return SeasonalMean(season=season_of(problem), seasons=seasons)


SPEC = AlgorithmSpec(
    name="seasonal_mean",
    title="Seasonal mean",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"seasons": Int(2, 12)},
    portfolio=[{}, {"seasons": 2}, {"seasons": 8}],
    needs="panel",
    weight=0.3,
    cost=Cost(0.002),
    usefulness=1,
    weighted=False,
    interpretable=True,
    description="Predicts the mean of the last values of the same place in the season.",
)
