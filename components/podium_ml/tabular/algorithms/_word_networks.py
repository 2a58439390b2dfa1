"""What the algorithms share that are networks of words."""

from typing import Any

import numpy as np

from podium_ml.algorithms import Related, Validation, objective_of
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._schedule import fit_watched


def make_network(
    problem: Problem, *, seed: int, n_jobs: int, depth: int, label_smoothing: float, **more: Any
) -> Any:
    """Return an unfitted network: of a bag of words if the depth is 0, else of convolutions."""
    from podium_ml.tabular.algorithms._word_estimator import WordClassifier, WordRegressor

    parameters = {**more, "depth": depth, "seed": seed, "n_jobs": n_jobs}
    if problem.is_classification:
        return WordClassifier(label_smoothing=label_smoothing, **parameters)
    return WordRegressor(level=objective_of(problem).level, **parameters)


def fit(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
    **related: Related,
) -> Any:
    """Train until the end of the schedule, which a deadline compresses; validation rows are watched."""
    from podium_ml.tabular.algorithms._exported_network import without_torch

    return fit_watched(
        estimator,
        X,
        y,
        sample_weight,
        validation=validation,
        without_torch=without_torch,
        deadline=deadline,
        **related,
    )
