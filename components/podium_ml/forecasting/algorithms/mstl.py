"""Seasons by local regression, and exponential smoothing of the rest (MSTL; Bandara et al. 2021)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, fit_in_time
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import horizon_of, season_of


class Mstl(Statistical):
    """Takes the season out by local regression, and smooths the rest."""

    def _model(self, season: int) -> Any:
        from statsforecast.models import MSTL, AutoETS

        trend = AutoETS(model="ZZN")
        return MSTL(season_length=season, trend_forecaster=trend) if season > 1 else trend


def build(problem: Problem, *, seed: int, n_jobs: int, logs: bool = False) -> Any:
    """Build the forecaster."""
    return Mstl(horizon_of(problem), season_of(problem), logs=logs)


SPEC = AlgorithmSpec(
    name="mstl",
    title="MSTL",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"logs": Categorical((False, True))},
    portfolio=[{}, {"logs": True}],
    trials=2,
    needs="panel",
    by_group=True,
    fit=fit_in_time,
    weight=0.6,
    cost=Cost(0.2, flat=0.5, columns=0.0, start=1.0),
    usefulness=4,
    weighted=False,
    requires=("statsforecast",),
    extra="forecasting",
    description="Takes the season out by local regression, and smooths the rest.",
)
