"""A network that tags tokens by their letters, looks and words, and by the tokens around them."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, fit_in_time, power
from podium_ml.contracts import Problem
from podium_ml.entities.algorithms._token_network_training import TokenNetworkLearner


def build(problem: Problem, *, seed: int, n_jobs: int, **parameters: Any) -> TokenNetworkLearner:
    """Build the learner."""
    return TokenNetworkLearner(problem, seed, **parameters)


SPEC = AlgorithmSpec(
    name="token_network",
    title="Token network",
    tasks=frozenset({"entities"}),
    build=build,
    fit=fit_in_time,
    search_space={
        "epochs": Int(20, 60, log=True),
        "rate": Float(1e-3, 8e-3, log=True),
        "dropout": Float(0.2, 0.6),
        "hidden_words": Float(0.05, 0.4),
        "width": Categorical((96, 128, 192)),
    },
    portfolio=[{}, {"epochs": 45, "rate": 2.5e-3, "dropout": 0.5, "hidden_words": 0.25}],
    trials=8,
    seeds=2,
    resources=Resources(cpu="2", memory="3Gi", image="python-torch"),
    weight=2.0,
    usefulness=7,
    cost=Cost(
        12.0,
        flat=0.05,
        rows=1.0,
        columns=0.0,
        classes=0.1,
        start=2.0,
        parallel=0.4,
        factors={"epochs": power(30, 1.0), "width": power(128, 1.3)},
        cheaper=({"epochs": 20}, {"epochs": 12, "width": 96}),
    ),
    weighted=False,
    deterministic=False,
    requires=("torch",),
    predicts_with=(),
    extra="torch",
    description="Tags tokens by their letters, looks and words, and by the tokens around them.",
)
