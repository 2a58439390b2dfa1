"""Exponential smoothing of series that move together, whose sum is forecast, too."""

from typing import Any, Literal

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._top_down import TopDown
from podium_ml.forecasting.forecaster import horizon_of, season_of


def build(
    problem: Problem, *, seed: int, n_jobs: int, base: Literal["smoothing", "theta"] = "smoothing"
) -> Any:
    """Build the forecaster."""
    return TopDown(horizon_of(problem), season_of(problem), base, problem.n_train)


SPEC = AlgorithmSpec(
    name="top_down",
    title="Top-down smoothing",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"base": Categorical(("smoothing", "theta"))},
    portfolio=[{}, {"base": "theta"}],
    trials=2,
    needs="panel",
    weight=0.6,
    cost=Cost(0.05, columns=0.0),
    usefulness=4,
    weighted=False,
    description="Forecasts the sum of all series, too, and moves each series so that they add up to it.",
)
