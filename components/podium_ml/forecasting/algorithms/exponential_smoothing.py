"""Exponential smoothing with error, trend and season (ETS; Hyndman et al. 2008)."""

from functools import partial
from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._statistical import Statistical
from podium_ml.forecasting.forecaster import season_of

_LONGEST_SEASON = 24


def make(season: int, *, model: str = "ZZZ", damped: bool | None = None) -> Any:
    """Return an unfitted model of statsforecast; it chooses the components that the letters leave open."""
    from statsforecast.models import AutoETS

    return AutoETS(season_length=season if season <= _LONGEST_SEASON else 1, model=model, damped=damped)


def build(problem: Problem, *, seed: int, n_jobs: int, model: str = "ZZZ", damped: bool | None = None) -> Any:
    """Build the forecaster."""
    return Statistical(partial(make, model=model, damped=damped), season=season_of(problem))


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
