"""Gradient boosted trees on lags, seasons, dates and known columns, for all series together."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources
from podium_ml.contracts import Problem
from podium_ml.forecasting.forecaster import season_of
from podium_ml.forecasting.reduction import Reduction


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    n_estimators: int = 200,
    learning_rate: float = 0.05,
    num_leaves: int = 15,
    min_child_samples: int = 20,
    objective: str = "regression",
) -> Any:
    """Build the forecaster."""
    from lightgbm import LGBMRegressor

    assert problem.series is not None
    regressor = LGBMRegressor(
        n_estimators=n_estimators,
        learning_rate=learning_rate,
        num_leaves=num_leaves,
        min_child_samples=min_child_samples,
        objective=objective,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.8,
        random_state=seed,
        n_jobs=n_jobs,
        verbose=-1,
    )
    return Reduction(
        regressor,
        problem.series.reach,
        season=season_of(problem),
        calendar=problem.series.calendar,
        seed=seed,
    )


SPEC = AlgorithmSpec(
    name="lightgbm_reduction",
    title="LightGBM on lags",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "n_estimators": Int(50, 600, log=True),
        "learning_rate": Float(0.01, 0.2, log=True),
        "num_leaves": Int(4, 63, log=True),
        "min_child_samples": Int(5, 100, log=True),
        "objective": Categorical(("regression", "regression_l1")),
    },
    portfolio=[{}, {"objective": "regression_l1"}, {"num_leaves": 7, "n_estimators": 400}],
    needs="panel",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=3.0,
    cost=Cost(1.0),
    usefulness=8,
    weighted=False,
    description="Learns all series together from lags, seasons, dates and the columns that are known in advance.",
)
