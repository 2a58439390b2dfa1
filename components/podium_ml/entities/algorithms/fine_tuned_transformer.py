"""A pretrained network that reads whole texts, trained further to tag their tokens."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Float, Int, Resources, fit_in_time, power
from podium_ml.contracts import Problem


def build(problem: Problem, *, seed: int, n_jobs: int, **parameters: Any) -> Any:
    """Build the learner."""
    from podium_ml.entities.algorithms._transformer_training import TransformerLearner

    return TransformerLearner(problem, seed, n_jobs, **parameters)


SPEC = AlgorithmSpec(
    name="fine_tuned_transformer",
    title="Fine-tuned transformer",
    tasks=frozenset({"entities"}),
    build=build,
    fit=fit_in_time,
    search_space={
        "epochs": Int(3, 12, log=True),
        "rate": Float(2e-5, 3e-4, log=True),
        "dropout": Float(0.0, 0.3),
    },
    portfolio=[{}, {"rate": 5e-5, "epochs": 8}],
    trials=4,
    needs="pieces",
    weights="encoder",
    resources=Resources(cpu="2", memory="6Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weight=3.0,
    usefulness=10,
    cost=Cost(
        100.0,
        rows=1.0,
        columns=0.0,
        classes=0.0,
        start=8.0,
        parallel=0.7,
        factors={"epochs": power(5, 1.0)},
        cheaper=({"epochs": 3}, {"epochs": 2}),
    ),
    weighted=False,
    deterministic=False,
    requires=("torch", "transformers", "tokenizers", "onnx", "onnxruntime"),
    predicts_with=("onnxruntime", "tokenizers"),
    extra="transformers",
    for_accelerators=True,
    description="A pretrained network of the library transformers (--encoder), all of whose layers learn further.",
)
