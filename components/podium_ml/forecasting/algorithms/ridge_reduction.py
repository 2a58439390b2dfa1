"""A linear model on lags, seasons, dates and known columns, for all series together."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Float
from podium_ml.contracts import Problem
from podium_ml.forecasting.forecaster import season_of
from podium_ml.forecasting.reduction import Reduction


def build(problem: Problem, *, seed: int, n_jobs: int, alpha: float = 10.0) -> Any:
    """Build the forecaster."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    assert problem.series is not None
    regressor = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), Ridge(alpha=alpha))
    return Reduction(
        regressor,
        problem.series.reach,
        season=season_of(problem),
        calendar=problem.series.calendar,
        seed=seed,
    )


SPEC = AlgorithmSpec(
    name="ridge_reduction",
    title="Ridge on lags",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={"alpha": Float(0.01, 10_000.0, log=True)},
    portfolio=[{}, {"alpha": 1000.0}],
    needs="panel",
    weight=0.6,
    cost=Cost(0.05),
    usefulness=3,
    weighted=False,
    description="Learns all series together with a line through lags, seasons, dates and known columns.",
)
