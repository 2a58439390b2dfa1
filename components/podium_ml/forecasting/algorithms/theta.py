"""The Theta method (Assimakopoulos and Nikolopoulos 2000; Fiorucci et al. 2016)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import season_of


class Theta(Statistical):
    """Takes the season out, and chooses among four forms.

    Args:
        season: Steps of a season; 1 for none.
        most: Last values that a model learns from.
        decomposition: How the season is taken out, ``additive`` or ``multiplicative``.
    """

    def __init__(self, season: int = 1, most: int = 1_000, decomposition: str = "multiplicative") -> None:
        super().__init__(season, most)
        self.decomposition = decomposition

    def _model(self, season: int) -> Any:
        from statsforecast.models import AutoTheta

        return AutoTheta(season_length=season, decomposition_type=self.decomposition)


def build(problem: Problem, *, seed: int, n_jobs: int, decomposition: str = "multiplicative") -> Any:
    """Build the forecaster."""
    return Theta(season_of(problem), decomposition=decomposition)


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
