"""The mean of the last values of the same place in the season."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Int
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._naive import SeasonalMean
from podium_ml.forecasting.forecaster import horizon_of, season_of


def build(problem: Problem, *, seed: int, n_jobs: int, seasons: int = 4, statistic: str = "mean") -> Any:
    """Build the forecaster."""
    return SeasonalMean(horizon_of(problem), season_of(problem), seasons, statistic)


SPEC = AlgorithmSpec(
    name="seasonal_mean",
    title="Seasonal mean",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"seasons": Int(2, 12), "statistic": Categorical(("mean", "median"))},
    portfolio=[{}, {"seasons": 2}, {"seasons": 8, "statistic": "median"}],
    trials=3,
    needs="panel",
    by_group=True,
    weight=0.3,
    cost=Cost(0.002, columns=0.0),
    usefulness=1,
    weighted=False,
    description="Predicts the mean of the last values of the same place in the season.",
)
