"""Forecasts of demand that is mostly zero."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._intermittent import IntermittentDemand, Method
from podium_ml.forecasting.forecaster import horizon_of, season_of


def build(problem: Problem, *, seed: int, n_jobs: int, method: Method = "sba", alpha: float = 0.1) -> Any:
    """Build the forecaster."""
    return IntermittentDemand(horizon_of(problem), season_of(problem), method, alpha)


SPEC = AlgorithmSpec(
    name="intermittent_demand",
    title="Intermittent demand (Croston, TSB, ADIDA)",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"method": Categorical(("sba", "tsb", "adida")), "alpha": Float(0.02, 0.4, log=True)},
    portfolio=[{}, {"method": "tsb"}, {"method": "adida"}],
    trials=4,
    needs="panel",
    by_group=True,
    weight=0.3,
    cost=Cost(0.003, columns=0.0),
    usefulness=2,
    weighted=False,
    description="Smooths the size of demand and how often there is some.",
)
