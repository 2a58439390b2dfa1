"""The fit of one estimator."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Related
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.run.concurrency import threads, use_threads


@dataclass(frozen=True)
class Fitting:
    """What an estimator is built and fitted with.

    Attributes:
        spec: The algorithm.
        parameters: Its configuration.
        problem: The problem.
        train: Encoded features and targets of the training rows.
        valid: Features, targets and weights of the validation rows; ``None`` to fit a known number of rounds.
        weight: Weights of the training rows, or ``None``.
        seed: Seed of the estimator.
        n_jobs: Threads; with a deadline, all that no other task of the run uses.
        deadline: When to stop training and keep what there is.
        rounds: Number of rounds of each estimator without validation rows; empty for the algorithm's own.
        related: Groups and times of the training rows, or ``None``.
    """

    spec: AlgorithmSpec
    parameters: Mapping[str, Any]
    problem: Problem
    train: tuple[Any, np.ndarray]
    valid: tuple[Any, np.ndarray, np.ndarray | None] | None
    weight: np.ndarray | None
    seed: int
    n_jobs: int
    deadline: Deadline
    rounds: tuple[int, ...] = ()
    related: Related | None = None

    def run(self) -> Any:
        """Build the estimator, fit it and return it."""
        n_jobs = self._threads()
        use_threads(n_jobs)
        estimator = self.spec.build(self.problem, seed=self.seed, n_jobs=n_jobs, **self.parameters)
        return self.spec.fit_estimator(
            estimator,
            *self.train,
            sample_weight=self.weight,
            validation=self.valid,
            rounds=self.rounds[0] if self.rounds else 0,
            deadline=self.deadline,
            related=self.related,
        )

    def _threads(self) -> int:
        """Return the number of threads. Without a deadline it is fixed, because sums of floats may depend on it."""
        return max(self.n_jobs, threads()) if math.isfinite(self.deadline.at) else self.n_jobs
