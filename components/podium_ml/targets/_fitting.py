"""The fit of one estimator."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline


@dataclass(frozen=True)
class Fitting:
    """What an estimator is built and fitted with.

    Attributes:
        spec: The algorithm.
        parameters: Its configuration.
        problem: The problem.
        train: Encoded features and targets of the training rows.
        valid: The same of the fold's validation rows, for early stopping.
        weight: Weights of the training rows, or ``None``.
        seed: Seed of the estimator.
        n_jobs: Threads.
        deadline: When to stop training and keep what there is.
    """

    spec: AlgorithmSpec
    parameters: Mapping[str, Any]
    problem: Problem
    train: tuple[Any, np.ndarray]
    valid: tuple[Any, np.ndarray]
    weight: np.ndarray | None
    seed: int
    n_jobs: int
    deadline: Deadline

    def run(self) -> Any:
        """Build the estimator, fit it and return it."""
        estimator = self.spec.build(self.problem, seed=self.seed, n_jobs=self.n_jobs, **self.parameters)
        return self.spec.fit_estimator(
            estimator, *self.train, sample_weight=self.weight, validation=self.valid, deadline=self.deadline
        )
