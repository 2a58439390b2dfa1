"""A neural network for tables, after RealMLP (Holzmüller, Grinsztajn and Steinwart, NeurIPS 2024)."""

from typing import Any

from podium_ml.algorithms import (
    AlgorithmSpec,
    Categorical,
    Cost,
    Float,
    Int,
    Resources,
    objective_of,
    power,
)
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._schedule import PERCENTS, fit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    epochs: int = 64,
    batch_size: int = 256,
    learning_rate: float | None = None,
    weight_decay: float = 0.02,
    dropout: float = 0.15,
    width: int = 256,
    depth: int = 3,
    label_smoothing: float = 0.0,
    logarithmic: bool = False,
) -> Any:
    """Build a network; regression uses a higher learning rate than classification."""
    from podium_ml.tabular.algorithms._network_estimator import (
        NetworkClassifier,
        NetworkLabeller,
        NetworkRegressor,
    )

    parameters: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "weight_decay": weight_decay,
        "dropout": dropout,
        "width": width,
        "depth": depth,
        "seed": seed,
        "n_jobs": n_jobs,
    }
    if problem.is_classification or problem.task == "multilabel":
        kind = NetworkClassifier if problem.is_classification else NetworkLabeller
        rate = learning_rate or 0.04
        return kind(learning_rate=rate, label_smoothing=label_smoothing, **parameters)
    rate, level = learning_rate or 0.1, objective_of(problem).level
    return NetworkRegressor(learning_rate=rate, level=level, logarithmic=logarithmic, **parameters)


SPEC = AlgorithmSpec(
    name="neural_network",
    title="Neural network",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    seeds=4,
    rounds=PERCENTS,
    search_space={
        "epochs": Int(32, 256, log=True),
        "batch_size": Categorical((128, 256, 512)),
        "learning_rate": Float(0.01, 0.3, log=True),
        "weight_decay": Float(1e-3, 0.3, log=True),
        "dropout": Float(0.0, 0.4),
        "width": Categorical((128, 256, 384)),
        "depth": Int(1, 4),
        "label_smoothing": Categorical((0.0, 0.1)),
        "logarithmic": Categorical((False, True)),
    },
    portfolio=[{}, {"dropout": 0.3, "weight_decay": 0.1}, {"epochs": 160, "dropout": 0.1}],
    needs="onehot",
    resources=Resources(cpu="2", memory="4Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weight=2.0,
    usefulness=6,
    cost=Cost(
        1.45,
        flat=0.15,
        flat_columns=0.965,
        classes=0.0,
        regression=1.15,
        factors={"epochs": power(64, 1.0), "width": power(256, 1.0), "depth": power(3, 0.7)},
        start=4.0,
        parallel=0.6,
        cheaper=({"epochs": 32}, {"epochs": 32, "width": 128}),
    ),
    joint_labels=True,
    requires=("torch",),
    extra="torch",
    description="A multilayer perceptron with periodic embeddings of numbers; this kind of network wins benchmarks.",
)
