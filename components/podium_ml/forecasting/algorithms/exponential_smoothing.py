"""Exponential smoothing (Hyndman et al. 2008), averaged over many configurations."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._batch import Smoothing
from podium_ml.forecasting.forecaster import horizon_of, season_of

_TRENDS = {"any": ("none", "damped", "linear"), "damped": ("none", "damped"), "none": ("none",)}


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    trend: str = "any",
    scale: str = "both",
    sharpness: float = 1.0,
) -> Any:
    """Build the forecaster."""
    return Smoothing(
        horizon_of(problem), season_of(problem), _TRENDS[trend], scale, sharpness, values=problem.n_train
    )


SPEC = AlgorithmSpec(
    name="exponential_smoothing",
    title="Exponential smoothing",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "trend": Categorical(tuple(_TRENDS)),
        "scale": Categorical(("both", "plain", "log")),
        "sharpness": Float(0.05, 1.0, log=True),
    },
    portfolio=[{}, {"scale": "plain"}, {"scale": "log", "trend": "damped"}, {"sharpness": 0.2}],
    trials=6,
    needs="panel",
    by_group=True,
    weight=1.0,
    cost=Cost(0.05, columns=0.0),
    usefulness=7,
    weighted=False,
    description="Updates level, trend and season with each value; averages many configurations by how likely they are.",
)
