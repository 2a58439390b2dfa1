"""A small network on the mean of the vectors of words and of pairs of words."""

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
    epochs: int = 12,
    batch_size: int = 64,
    learning_rate: float = 0.008,
    weight_decay: float = 0.02,
    dropout: float = 0.3,
    width: int = 32,
    label_smoothing: float = 0.0,
) -> Any:
    """Build a network."""
    return make_network(
        problem,
        seed=seed,
        n_jobs=n_jobs,
        depth=0,
        label_smoothing=label_smoothing,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        dropout=dropout,
        width=width,
    )


SPEC = AlgorithmSpec(
    name="bag_of_words_network",
    title="Bag of words network",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    reads="text",
    rounds=PERCENTS,
    search_space={
        "epochs": Int(5, 40, log=True),
        "batch_size": Categorical((32, 64, 128)),
        "learning_rate": Float(0.002, 0.03, log=True),
        "weight_decay": Float(1e-3, 0.3, log=True),
        "dropout": Float(0.0, 0.6),
        "width": Categorical((16, 32, 64)),
        "label_smoothing": Categorical((0.0, 0.1)),
    },
    portfolio=[{}, {"epochs": 24, "dropout": 0.5}],
    trials=8,
    needs="words",
    resources=Resources(cpu="2", memory="3Gi", image="python-torch"),
    weight=1.0,
    usefulness=6,
    cost=Cost(
        1.2,
        flat=0.3,
        columns=0.0,
        classes=0.0,
        factors={"epochs": power(12, 1.0), "width": power(32, 1.0)},
        start=4.0,
        parallel=0.3,
        cheaper=({"epochs": 6}, {"epochs": 5, "width": 16}),
    ),
    joint_labels=True,
    requires=("torch", "onnx", "onnxruntime"),
    predicts_with=("onnxruntime",),
    extra="torch",
    description="The mean of learned vectors of words and of pairs of words, as in fastText.",
)
