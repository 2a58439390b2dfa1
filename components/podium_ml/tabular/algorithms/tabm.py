"""Networks that share weights and are averaged: TabM (Gorishniy, Kotelnikov and Babenko, ICLR 2025)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, power
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms import neural_network
from podium_ml.tabular.algorithms._schedule import PERCENTS, fit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    members: int = 16,
    epochs: int = 64,
    batch_size: int = 256,
    learning_rate: float | None = None,
    weight_decay: float = 0.02,
    dropout: float = 0.15,
    width: int = 128,
    depth: int = 3,
    logarithmic: bool = False,
) -> Any:
    """Build the networks, which learn as a single one does."""
    networks = neural_network.build(
        problem,
        seed=seed,
        n_jobs=n_jobs,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        dropout=dropout,
        width=width,
        depth=depth,
        logarithmic=logarithmic,
    )
    return networks.set_params(members=members)


SPEC = AlgorithmSpec(
    name="tabm",
    title="TabM",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    rounds=PERCENTS,
    search_space={
        "members": Categorical((8, 16, 32)),
        "epochs": Int(32, 256, log=True),
        "batch_size": Categorical((128, 256, 512)),
        "learning_rate": Float(0.01, 0.3, log=True),
        "weight_decay": Float(1e-3, 0.3, log=True),
        "dropout": Float(0.0, 0.4),
        "width": Categorical((64, 128, 256)),
        "depth": Int(1, 4),
        "logarithmic": Categorical((False, True)),
    },
    portfolio=[{}],
    needs="onehot",
    resources=Resources(cpu="2", memory="4Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weight=2.0,
    usefulness=5,
    cost=Cost(
        7.5,
        flat=0.02,
        flat_columns=0.96,
        classes=0.0,
        regression=1.15,
        factors={
            "epochs": power(64, 1.0),
            "members": power(16, 1.0),
            "width": power(128, 1.05),
            "depth": power(3, 0.7),
        },
        start=4.0,
        parallel=0.6,
        cheaper=({"epochs": 32}, {"epochs": 32, "members": 8}),
    ),
    requires=("torch",),
    extra="torch",
    description="Many multilayer perceptrons that share most of their weights, which is better than one and slower.",
)
