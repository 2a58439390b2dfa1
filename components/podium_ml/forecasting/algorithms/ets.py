"""Exponential smoothing, whose form is chosen by information criterion (ETS; Hyndman et al. 2008)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, fit_in_time
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import horizon_of, season_of

_LONGEST_SEASON = 24


class Ets(Statistical):
    """Chooses the components that the letters leave open.

    Args:
        horizon: Steps to forecast.
        season: Steps of a season; 1 for none.
        most: Last values that a model learns from.
        logs: Whether to learn the logarithms of positive series.
        model: Letters of error, trend and season; Z chooses.
    """

    def __init__(
        self, horizon: int = 1, season: int = 1, most: int = 600, logs: bool = False, model: str = "ZZZ"
    ) -> None:
        super().__init__(horizon, season, most, logs)
        self.model = model

    def _model(self, season: int) -> Any:
        from statsforecast.models import AutoETS

        return AutoETS(season_length=season if season <= _LONGEST_SEASON else 1, model=self.model)


def build(problem: Problem, *, seed: int, n_jobs: int, model: str = "ZZZ", logs: bool = False) -> Any:
    """Build the forecaster."""
    return Ets(horizon_of(problem), season_of(problem), logs=logs, model=model)


SPEC = AlgorithmSpec(
    name="ets",
    title="ETS",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"model": Categorical(("ZZZ", "ZAZ", "ZNZ")), "logs": Categorical((False, True))},
    portfolio=[{}, {"logs": True}],
    trials=3,
    needs="panel",
    by_group=True,
    fit=fit_in_time,
    weight=0.8,
    cost=Cost(0.8, flat=0.3, columns=0.0, start=1.0),
    usefulness=5,
    weighted=False,
    requires=("statsforecast",),
    extra="forecasting",
    description="Exponential smoothing of one series at a time, whose form is chosen by information criterion.",
)
