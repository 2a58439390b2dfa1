"""A small network of convolutions over neighbouring words."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, power
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._schedule import PERCENTS, fit
from podium_ml.tabular.algorithms._word_networks import make_network


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    epochs: int = 8,
    batch_size: int = 64,
    learning_rate: float = 0.004,
    weight_decay: float = 0.02,
    dropout: float = 0.4,
    width: int = 48,
    label_smoothing: float = 0.0,
) -> Any:
    """Build a network."""
    return make_network(
        problem,
        seed=seed,
        n_jobs=n_jobs,
        depth=1,
        label_smoothing=label_smoothing,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        dropout=dropout,
        width=width,
    )


SPEC = AlgorithmSpec(
    name="text_convolutional_network",
    title="Text convolutional network",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    reads="text",
    rounds=PERCENTS,
    search_space={
        "epochs": Int(4, 24, log=True),
        "batch_size": Categorical((32, 64, 128)),
        "learning_rate": Float(0.001, 0.01, log=True),
        "weight_decay": Float(1e-3, 0.3, log=True),
        "dropout": Float(0.0, 0.6),
        "width": Categorical((32, 48, 64)),
        "label_smoothing": Categorical((0.0, 0.1)),
    },
    portfolio=[{}, {"epochs": 14, "dropout": 0.5}],
    trials=6,
    needs="words",
    resources=Resources(cpu="2", memory="3Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weight=1.0,
    usefulness=7,
    cost=Cost(
        6.0,
        flat=0.05,
        columns=0.0,
        classes=0.0,
        factors={"epochs": power(8, 1.0), "width": power(48, 1.5)},
        start=4.0,
        parallel=0.6,
        cheaper=({"epochs": 5}, {"epochs": 4, "width": 32}),
    ),
    joint_labels=True,
    requires=("torch", "onnx", "onnxruntime"),
    predicts_with=("onnxruntime",),
    extra="torch",
    description="Convolutions over learned vectors of neighbouring words, of which the strongest count.",
)
