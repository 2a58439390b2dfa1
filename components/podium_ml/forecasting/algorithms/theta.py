"""The Theta method (Assimakopoulos and Nikolopoulos 2000; Fiorucci et al. 2016)."""

from functools import partial
from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import season_of


def make(season: int, *, decomposition: str = "multiplicative") -> Any:
    """Return an unfitted model of statsforecast."""
    from statsforecast.models import AutoTheta

    return AutoTheta(season_length=season, decomposition_type=decomposition)


def build(problem: Problem, *, seed: int, n_jobs: int, decomposition: str = "multiplicative") -> Any:
    """Build the forecaster."""
    return Statistical(partial(make, decomposition=decomposition), season=season_of(problem))


SPEC = AlgorithmSpec(
    name="theta",
    title="Theta",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"decomposition": Categorical(("multiplicative", "additive"))},
    portfolio=[{}, {"decomposition": "additive"}],
    needs="panel",
    weight=1.0,
    cost=Cost(0.05, start=1.0),
    usefulness=4,
    weighted=False,
    requires=("statsforecast",),
    extra="forecasting",
    description="Combines a line through the series with a smoothed one, after taking the season out.",
)
