"""Types of targets: one file each, found by walking this folder."""

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.metrics import Threshold
from podium_ml.registries import Registry
from podium_ml.targets._calibration import Calibrator
from podium_ml.targets._corrections import Corrections
from podium_ml.targets._cross_fitted import cross_fitted, sample_rows
from podium_ml.targets._doubts import Doubts, unsure_of_classes
from podium_ml.targets._fitting import Fitting
from podium_ml.targets._target import Target

TARGETS: Registry[Target] = Registry(__name__, Target, noun="type of target", part="targets")  # type: ignore[type-abstract]


def target_of(problem: Problem) -> Target:
    """Return the type of a problem's target; problems of earlier versions do not name it."""
    if problem.target_type:
        return TARGETS[problem.target_type]
    return target_of_task(problem.task)


def target_of_task(task: str) -> Target:
    """Return the type of target that problems of a task have."""
    return next(target for target in TARGETS.values() if task in target.tasks)


def encode_target(values: pd.Series, problem: Problem) -> np.ndarray:
    """Return targets as estimators learn them; see ``Target.encode``."""
    return target_of(problem).encode(values, problem)


def decode_target(decisions: np.ndarray, problem: Problem) -> np.ndarray:
    """Return decisions in the user's own type; see ``Target.decode``."""
    return target_of(problem).decode(decisions, problem)


def predicted_rows(raw: np.ndarray) -> np.ndarray:
    """Return the positions of the rows that have raw predictions, shape ``(r,)``."""
    return np.flatnonzero(~np.isnan(raw.reshape(len(raw), -1)).any(axis=1))


__all__ = [
    "TARGETS",
    "Calibrator",
    "Corrections",
    "Doubts",
    "Fitting",
    "Target",
    "Threshold",
    "cross_fitted",
    "decode_target",
    "encode_target",
    "predicted_rows",
    "sample_rows",
    "target_of",
    "target_of_task",
    "unsure_of_classes",
]
