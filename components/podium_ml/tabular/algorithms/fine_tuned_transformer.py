"""A pretrained network that reads texts, trained further together with the other columns."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, objective_of, power
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._schedule import PERCENTS, fit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    epochs: int = 4,
    batch_size: int = 16,
    learning_rate: float = 5e-5,
    weight_decay: float = 0.01,
    dropout: float = 0.1,
    contrast_epochs: int = 8,
) -> Any:
    """Build the network, whose weights are those that the task was given."""
    from podium_ml.tabular.algorithms._transformer_estimator import (
        TransformerClassifier,
        TransformerLabeller,
        TransformerRegressor,
    )

    parameters: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "dropout": dropout,
        "seed": seed,
        "n_jobs": n_jobs,
    }
    if problem.task == "multilabel":
        return TransformerLabeller(**parameters)
    if problem.is_classification:
        network = TransformerClassifier(**parameters)
        network.contrast_epochs = contrast_epochs
        return network
    return TransformerRegressor(level=objective_of(problem).level, **parameters)


SPEC = AlgorithmSpec(
    name="fine_tuned_transformer",
    title="Fine-tuned transformer",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    reads="text",
    rounds=PERCENTS,
    search_space={
        "epochs": Int(2, 10, log=True),
        "learning_rate": Float(1e-5, 2e-4, log=True),
        "dropout": Float(0.0, 0.3),
        "contrast_epochs": Categorical((0, 8)),
    },
    portfolio=[{}, {"learning_rate": 1e-4}],
    trials=4,
    needs="pieces",
    weights="encoder",
    resources=Resources(cpu="2", memory="6Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weight=3.0,
    usefulness=10,
    cost=Cost(
        120.0,
        columns=0.0,
        classes=0.0,
        factors={"epochs": power(4, 1.0)},
        start=8.0,
        parallel=0.7,
        cheaper=({"epochs": 2}, {"epochs": 1}),
    ),
    joint_labels=True,
    requires=("torch", "transformers", "tokenizers", "onnx", "onnxruntime"),
    predicts_with=("onnxruntime", "tokenizers"),
    extra="transformers",
    for_accelerators=True,
    description="A pretrained network of the library transformers (--encoder), all of whose layers learn further.",
)
