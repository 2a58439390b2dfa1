"""Exponential smoothing with error, trend and season (ETS; Hyndman et al. 2008)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import season_of

_LONGEST_SEASON = 24


class ExponentialSmoothing(Statistical):
    """Chooses the components that the letters leave open.

    Args:
        season: Steps of a season; 1 for none.
        most: Last values that a model learns from.
        model: Letters of error, trend and season; Z chooses.
        damped: Whether the trend is damped; ``None`` chooses.
    """

    def __init__(
        self, season: int = 1, most: int = 1_000, model: str = "ZZZ", damped: bool | None = None
    ) -> None:
        super().__init__(season, most)
        self.model, self.damped = model, damped

    def _model(self, season: int) -> Any:
        from statsforecast.models import AutoETS

        length = season if season <= _LONGEST_SEASON else 1
        return AutoETS(season_length=length, model=self.model, damped=self.damped)


def build(problem: Problem, *, seed: int, n_jobs: int, model: str = "ZZZ", damped: bool | None = None) -> Any:
    """Build the forecaster."""
    return ExponentialSmoothing(season_of(problem), model=model, damped=damped)


SPEC = AlgorithmSpec(
    name="exponential_smoothing",
    title="Exponential smoothing (ETS)",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"model": Categorical(("ZZZ", "ZAA", "ZNA", "ZAN")), "damped": Categorical((None, True))},
    portfolio=[{}, {"model": "ZZZ", "damped": True}],
    needs="panel",
    weight=1.5,
    cost=Cost(0.2, start=1.0),
    usefulness=5,
    weighted=False,
    requires=("statsforecast",),
    extra="forecasting",
    description="Updates level, trend and season with each value; chooses their form by information criterion.",
)
