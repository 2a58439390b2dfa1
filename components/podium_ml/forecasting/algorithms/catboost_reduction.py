"""Boosted symmetric trees on lags, seasons, dates and known columns, for all series together."""

from typing import Any, Literal

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources
from podium_ml.contracts import Problem
from podium_ml.forecasting.reduction import reduction_of


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    iterations: int = 200,
    learning_rate: float = 0.06,
    depth: int = 5,
    strategy: Literal["direct", "recursive"] = "direct",
    scale: Literal["plain", "log"] = "plain",
) -> Any:
    """Build the forecaster."""
    from catboost import CatBoostRegressor

    regressor = CatBoostRegressor(
        iterations=iterations,
        learning_rate=learning_rate,
        depth=depth,
        loss_function="MAE",
        random_seed=seed,
        thread_count=n_jobs,
        allow_writing_files=False,
        verbose=False,
    )
    return reduction_of(problem, regressor, strategy=strategy, scale=scale, seed=seed)


SPEC = AlgorithmSpec(
    name="catboost_reduction",
    title="CatBoost on lags",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "iterations": Int(80, 600, log=True),
        "learning_rate": Float(0.02, 0.2, log=True),
        "depth": Int(3, 8),
        "strategy": Categorical(("direct", "recursive")),
        "scale": Categorical(("plain", "log")),
    },
    portfolio=[{}, {"strategy": "recursive"}, {"scale": "log", "depth": 6}],
    trials=8,
    needs="panel_past",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.5,
    cost=Cost(1.5, flat=0.3, rows=0.5, columns=0.0, parallel=0.7),
    usefulness=7,
    weighted=False,
    requires=("catboost",),
    description="Learns all series together with symmetric trees on lags, seasons, dates and known columns.",
)
