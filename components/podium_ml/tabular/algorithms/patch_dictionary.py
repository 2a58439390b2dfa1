"""A linear model of which patches occur where in a picture, with a dictionary of patches that is learned first."""

from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, Validation, power
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    patches: int = 200,
    size: int = 6,
    cells: int = 3,
    penalty: float = 100.0,
) -> Any:
    """Build a dictionary and a linear model."""
    from podium_ml.tabular.algorithms._patch_estimators import PatchClassifier, PatchRegressor

    estimator = PatchClassifier if problem.is_classification else PatchRegressor
    return estimator(patches=patches, size=size, cells=cells, penalty=penalty, seed=seed)


def fit(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Learn from so many rows as there is time for."""
    return estimator.fit(X, y, sample_weight, deadline=deadline)


SPEC = AlgorithmSpec(
    name="patch_dictionary",
    title="Patch dictionary",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    reads="image",
    search_space={
        "patches": Int(100, 500, log=True),
        "size": Categorical((5, 6, 8)),
        "cells": Categorical((2, 3, 4)),
        "penalty": Float(10.0, 3_000.0, log=True),
    },
    portfolio=[{}, {"patches": 400, "cells": 2}],
    needs="pixels",
    resources=Resources(memory="4Gi"),
    usefulness=6,
    cost=Cost(
        0.08,
        classes=0.5,
        factors={"patches": power(200, 1.0), "cells": power(3, 1.0)},
        start=1.0,
        parallel=0.5,
        cheaper=({"patches": 100, "cells": 2},),
    ),
    description="Which small patches occur where in a picture: a dictionary learned by k-means, and a linear model.",
)
