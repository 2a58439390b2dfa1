"""Chronos-Bolt and Chronos-2: networks that were trained on many series (Ansari et al. 2024, 2025)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Resources, fit_in_time
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._pretrained import Pretrained
from podium_ml.forecasting.forecaster import horizon_of, season_of


def build(problem: Problem, *, seed: int, n_jobs: int) -> Any:
    """Build the forecaster."""
    return Pretrained(horizon_of(problem), season_of(problem))


SPEC = AlgorithmSpec(
    name="chronos",
    title="Chronos",
    tasks=frozenset({"forecasting"}),
    build=build,
    trials=1,
    needs="panel",
    weights="pretrained",
    by_group=True,
    fit=fit_in_time,
    resources=Resources(cpu="1", memory="4Gi"),
    weight=1.0,
    cost=Cost(0.3, flat=0.3, columns=0.0, start=8.0),
    usefulness=8,
    weighted=False,
    requires=("chronos",),
    extra="pretrained",
    description="Asks a network that was trained on many other series; needs --pretrained.",
)
