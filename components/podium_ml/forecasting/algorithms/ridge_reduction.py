"""A linear model on lags, seasons, dates and known columns, for all series together."""

from typing import Any, Literal

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.forecasting.reduction import reduction_of


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    alpha: float = 30.0,
    strategy: Literal["direct", "recursive"] = "direct",
    scale: Literal["plain", "log"] = "plain",
) -> Any:
    """Build the forecaster."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    regressor = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), Ridge(alpha=alpha))
    return reduction_of(problem, regressor, strategy=strategy, scale=scale, seed=seed)


SPEC = AlgorithmSpec(
    name="ridge_reduction",
    title="Ridge on lags",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "alpha": Float(0.1, 10_000.0, log=True),
        "strategy": Categorical(("direct", "recursive")),
        "scale": Categorical(("plain", "log")),
    },
    portfolio=[{}, {"strategy": "recursive"}, {"alpha": 1000.0, "scale": "log"}],
    trials=8,
    needs="panel_past",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=0.8,
    cost=Cost(0.05, flat=0.3, rows=0.6, columns=0.0),
    usefulness=6,
    weighted=False,
    description="Learns all series together with a line through lags, seasons, dates and known columns.",
)
