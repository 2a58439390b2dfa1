"""Gradient boosted trees on lags, seasons, dates and known columns, for all series together."""

from typing import Any, Literal

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._quantile_boosting import QuantileBoosting
from podium_ml.forecasting.reduction import reduction_of


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    n_estimators: int = 120,
    learning_rate: float = 0.05,
    num_leaves: int = 8,
    min_child_samples: int = 20,
    objective: str = "regression_l1",
    strategy: Literal["direct", "recursive"] = "direct",
    scale: Literal["plain", "log"] = "plain",
) -> Any:
    """Build the forecaster."""
    from lightgbm import LGBMRegressor

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
        deterministic=True,
        force_col_wise=True,
        verbose=-1,
    )
    if objective == "quantile":
        regressor = QuantileBoosting(regressor)
    return reduction_of(problem, regressor, strategy=strategy, scale=scale, seed=seed)


SPEC = AlgorithmSpec(
    name="lightgbm_reduction",
    title="LightGBM on lags",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "n_estimators": Int(50, 500, log=True),
        "learning_rate": Float(0.02, 0.2, log=True),
        "num_leaves": Int(4, 63, log=True),
        "min_child_samples": Int(5, 100, log=True),
        "objective": Categorical(("regression_l1", "regression", "huber", "quantile")),
        "strategy": Categorical(("direct", "recursive")),
        "scale": Categorical(("plain", "log")),
    },
    portfolio=[
        {},
        {"strategy": "recursive"},
        {"n_estimators": 300, "num_leaves": 20, "scale": "log"},
        {"objective": "huber"},
    ],
    trials=12,
    needs="panel_past",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=2.0,
    cost=Cost(0.5, flat=0.3, rows=0.5, columns=0.0, parallel=0.7),
    usefulness=9,
    weighted=False,
    description="Learns all series together from lags, seasons, dates and the columns that are known in advance.",
)
