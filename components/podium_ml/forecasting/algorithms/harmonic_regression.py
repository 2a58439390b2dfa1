"""Regression on a bending trend, waves and known columns, with autoregressive errors."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, fit_in_time
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._harmonic import HarmonicRegression
from podium_ml.forecasting.forecaster import periods_of, season_of


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    scale: str = "log",
    bend: float = 1.0,
    damping: float = 0.5,
    half_life: float = 3.0,
    harmonics: int = 10,
) -> Any:
    """Build the forecaster."""
    return HarmonicRegression(
        season_of(problem), periods_of(problem), scale, bend, damping, half_life, harmonics
    )


SPEC = AlgorithmSpec(
    name="harmonic_regression",
    title="Harmonic regression",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "scale": Categorical(("log", "plain")),
        "bend": Float(0.05, 10.0, log=True),
        "damping": Float(0.05, 0.95),
        "half_life": Float(1.0, 30.0, log=True),
        "harmonics": Int(2, 10),
    },
    portfolio=[
        {},
        {"scale": "plain", "half_life": 2.0},
        {"half_life": 6.0, "bend": 0.1, "harmonics": 4},
        {"half_life": 1.5, "bend": 5.0},
        {"half_life": 30.0, "bend": 0.1},
    ],
    trials=12,
    needs="panel",
    by_group=True,
    fit=fit_in_time,
    weight=1.2,
    cost=Cost(0.2, flat=0.6, columns=0.0),
    usefulness=8,
    weighted=False,
    description="Fits a trend that bends, waves of several periods and known columns, and remembers its last errors.",
)
