"""Autoregression and moving averages of differences (ARIMA; Hyndman and Khandakar 2008)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, fit_in_time
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import horizon_of, season_of

_LONGEST_SEASON = 24


class Arima(Statistical):
    """Chooses the orders stepwise."""

    def _model(self, season: int) -> Any:
        from statsforecast.models import AutoARIMA

        return AutoARIMA(
            season_length=season if season <= _LONGEST_SEASON else 1,
            approximation=True,
            nmodels=20,
            max_p=3,
            max_q=3,
        )


def build(problem: Problem, *, seed: int, n_jobs: int, logs: bool = False) -> Any:
    """Build the forecaster."""
    return Arima(horizon_of(problem), season_of(problem), logs=logs)


SPEC = AlgorithmSpec(
    name="arima",
    title="ARIMA",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"logs": Categorical((False, True))},
    portfolio=[{}, {"logs": True}],
    trials=2,
    needs="panel",
    by_group=True,
    fit=fit_in_time,
    weight=1.0,
    cost=Cost(3.0, flat=0.2, columns=0.0, start=1.0),
    usefulness=6,
    weighted=False,
    requires=("statsforecast",),
    extra="forecasting",
    description="Learns how each value depends on those before it; takes the effect of known columns off first.",
)
