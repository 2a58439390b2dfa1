"""A small convolutional network that learns from the pixels of pictures, together with the other columns."""

from typing import Any

import numpy as np

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
    epochs: int = 16,
    batch_size: int = 64,
    learning_rate: float = 0.004,
    weight_decay: float = 0.02,
    dropout: float = 0.1,
    width: int = 24,
    flip: bool = False,
    label_smoothing: float = 0.0,
) -> Any:
    """Build a network."""
    from podium_ml.tabular.algorithms._picture_estimator import PictureClassifier, PictureRegressor

    parameters: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "dropout": dropout,
        "width": width,
        "depth": int(flip),
        "seed": seed,
        "n_jobs": n_jobs,
    }
    if problem.is_classification:
        return PictureClassifier(label_smoothing=label_smoothing, **parameters)
    return PictureRegressor(level=objective_of(problem).level, **parameters)


def augment(
    pixels: np.ndarray, y: None, *, seed: int, flip: bool = False, **others: Any
) -> tuple[np.ndarray, None]:
    """See ``AlgorithmSpec.augment``."""
    from podium_ml.tabular.algorithms._picture_layers import augmented

    return augmented(pixels[None], flip=flip, seed=seed)[0], None


SPEC = AlgorithmSpec(
    name="convolutional_network",
    title="Convolutional network",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    augment=augment,
    reads="image",
    seeds=2,
    rounds=PERCENTS,
    search_space={
        "epochs": Int(6, 60, log=True),
        "batch_size": Categorical((32, 64, 128)),
        "learning_rate": Float(0.001, 0.01, log=True),
        "weight_decay": Float(1e-3, 0.2, log=True),
        "dropout": Float(0.0, 0.4),
        "width": Categorical((16, 24, 32, 48)),
        "flip": Categorical((False, True)),
        "label_smoothing": Categorical((0.0, 0.1)),
    },
    portfolio=[{}, {"flip": True, "epochs": 24}],
    needs="pixels",
    resources=Resources(cpu="2", memory="4Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weight=3.0,
    usefulness=9,
    cost=Cost(
        0.44,
        flat=0.02,
        columns=0.8,
        classes=0.0,
        factors={"epochs": power(16, 1.0), "width": power(24, 1.6)},
        start=4.0,
        parallel=0.6,
        cheaper=({"epochs": 10}, {"epochs": 6}, {"epochs": 6, "width": 16}),
    ),
    requires=("torch", "onnx", "onnxruntime"),
    predicts_with=("onnxruntime",),
    extra="torch",
    description="Convolutions on small pictures, which are moved, turned and lit a little differently in training.",
)
