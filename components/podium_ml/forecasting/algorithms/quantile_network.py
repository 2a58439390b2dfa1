"""A network for all series together that learns quantiles of the steps ahead from lags, seasons and known columns."""

from typing import Any, Literal

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources
from podium_ml.contracts import Problem
from podium_ml.forecasting.algorithms._network import QuantileNetwork
from podium_ml.forecasting.reduction import reduction_of


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    width: int = 64,
    depth: int = 2,
    rate: float = 3e-3,
    dropout: float = 0.1,
    scale: Literal["plain", "log"] = "plain",
) -> Any:
    """Build the forecaster."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = QuantileNetwork(width, depth, rate=rate, dropout=dropout, seed=seed, threads=max(1, n_jobs))
    regressor = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), network)
    return reduction_of(problem, regressor, strategy="direct", scale=scale, seed=seed)


SPEC = AlgorithmSpec(
    name="quantile_network",
    title="Quantile network",
    tasks=frozenset({"forecasting"}),
    build=build,
    search_space={
        "width": Int(16, 256, log=True),
        "depth": Int(1, 3),
        "rate": Float(3e-4, 1e-2, log=True),
        "dropout": Float(0.0, 0.4),
        "scale": Categorical(("plain", "log")),
    },
    portfolio=[{}, {"scale": "log"}, {"width": 128, "dropout": 0.2}],
    trials=6,
    needs="panel_past",
    resources=Resources(cpu="1", memory="3Gi", image="python-torch"),
    weight=1.0,
    cost=Cost(2.0, flat=0.6, rows=0.5, columns=0.0, start=3.0),
    usefulness=3,
    weighted=False,
    deterministic=False,
    requires=("torch",),
    extra="torch",
    description="Learns the quantiles of all series together with a small network on lags, seasons and known columns.",
)
