"""Fits one configuration on the rows of a fold, or on all rows."""

import contextlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Related
from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.few_rows import one_thread_for_few
from podium_ml.models.fold_model import FoldModel
from podium_ml.models.plain_rows import plain_rows
from podium_ml.run.budget import Deadline
from podium_ml.run.stopwatch import Stopwatch
from podium_ml.targets import Fitting, target_of
from podium_ml.training.encodings import EncodedFold, Encodings

# Rows of a batch whose prediction is timed, and how often it is repeated, unless it takes long.
_BATCH_ROWS, _TIMES, _ENOUGH_SECONDS = 1_000, 4, 0.05
# Distance of the seeds of models of the same rows; forests use the seeds in between.
_NEXT_SEED = 100_003
# Seconds that no fit takes.
_LONG = 1e7


@dataclass(frozen=True)
class FittedModel:
    """The model of a configuration, and what it costs.

    Attributes:
        model: The model.
        fit_seconds: Seconds for fitting, including encoding.
        row_seconds: Seconds to predict one encoded row on its own.
        predict_seconds: Seconds for each further encoded row of a batch.
    """

    model: BaggedModel
    fit_seconds: float
    row_seconds: float
    predict_seconds: float


def import_libraries(spec: AlgorithmSpec, problem: Problem) -> None:
    """Import what an algorithm needs, which takes seconds that its first fit would miss, and others would not."""
    with contextlib.suppress(Exception):  # The first fit will tell what is wrong.
        spec.build(problem, seed=0, n_jobs=1)


class Fitter:
    """Fits one configuration on encoded rows.

    Args:
        spec: The algorithm.
        parameters: Its configuration.
        targets: Targets of all rows.
        problem: The problem.
        seed: Seed of the fits.
        n_jobs: Number of threads.
    """

    def __init__(
        self,
        spec: AlgorithmSpec,
        parameters: Mapping[str, Any],
        targets: Targets,
        *,
        problem: Problem,
        seed: int,
        n_jobs: int,
    ) -> None:
        self.spec, self._parameters, self._targets = spec, parameters, targets
        self.problem, self._seed, self._n_jobs = problem, seed, n_jobs
        self.target = target_of(problem)

    def fit(
        self, encoded: EncodedFold, *, deadline: Deadline, rounds: tuple[int, ...] = (), turn: int = 0
    ) -> FoldModel:
        """Fit on the training rows.

        Args:
            encoded: The encoded rows. Without validation rows, the number of rounds is fixed.
            deadline: When to stop.
            rounds: The number of rounds of each estimator; see ``choose_rounds``.
            turn: Number of models that were fitted on the same rows before, each with another seed.
        """
        y, valid = self._targets.y, None
        if len(encoded.valid):
            weight = _relative(self._targets.weight, encoded.valid)
            valid = encoded.X_valid, y[encoded.valid], weight
        fitted = self.target.fit(
            Fitting(
                self.spec,
                self._parameters,
                self.problem,
                train=(encoded.X_train, y[encoded.train]),
                valid=valid,
                weight=_relative(self._targets.weight, encoded.train),
                seed=self._seed + _NEXT_SEED * turn,
                n_jobs=self._n_jobs,
                deadline=deadline,
                rounds=rounds,
                related=self._related(encoded.train),
            )
        )
        return FoldModel(
            encoded.encoder,
            fitted,
            len(self.problem.classes),
            fallback=self.target.fallback(y[encoded.train], n_outputs=self.problem.n_outputs),
            target_type=self.target.name,
        )

    def _related(self, rows: np.ndarray) -> Related | None:
        """Return the groups of the rows, and their times if the folds are ordered by them."""
        ordered = self.problem.fold_strategy == "ordered"
        group, time = self._targets.group, self._targets.time if ordered else None
        return None if group is None and time is None else Related(group, time).of_rows(rows)

    def fit_all(
        self,
        encodings: Encodings,
        *,
        deadline: Deadline,
        rounds: tuple[int, ...],
        seeds: int = 1,
        sharpness: float = 1.0,
        complete: bool = True,
    ) -> FittedModel:
        """Fit a model on all rows, with a number of rounds that the folds agreed on.

        Args:
            encodings: Encodes the rows.
            deadline: When to stop estimators whose number of rounds is not fixed.
            rounds: The number of rounds of each estimator; see ``CrossValidated``.
            seeds: Most estimators, fitted with other seeds, whose predictions are averaged. Another one starts only if
                there is time for it: a complete one is worth more than several in a hurry.
            sharpness: How much to sharpen the predictions; see ``CrossValidated``.
            complete: Whether a number of rounds must be complete, however long this takes.
        """
        began = time.perf_counter()
        encoded = encodings.all_rows()
        fitting = time.perf_counter()
        models: list[FoldModel] = []
        for turn in range(seeds):
            if models and (time.perf_counter() - fitting) / len(models) > deadline.remaining():
                break
            end = self._patient(deadline, rounds) if complete else deadline
            models.append(self.fit(encoded, deadline=end, rounds=rounds, turn=turn))
        seconds = time.perf_counter() - began
        bag = BaggedModel(self.spec.name, dict(self._parameters), tuple(models), sharpness)
        return FittedModel(bag, seconds, *_speed(models[0], encoded))

    def keep(
        self, model: FoldModel, encoded: EncodedFold, *, seconds: float, sharpness: float = 1.0
    ) -> FittedModel:
        """Return the model of a fold as the model of the configuration.

        Args:
            model: The model, with the rounds that were chosen.
            encoded: The rows of the fold.
            seconds: What its fit took, encoding included.
            sharpness: How much to sharpen the predictions; see ``CrossValidated``.
        """
        bag = BaggedModel(self.spec.name, dict(self._parameters), (model,), sharpness)
        return FittedModel(bag, seconds, *_speed(model, encoded))

    def _patient(self, deadline: Deadline, rounds: tuple[int, ...]) -> Deadline:
        """Return a deadline that stops no estimator before its number of rounds is complete.

        A model with fewer rounds than the folds would not be worth their score. Whoever is in a hurry interrupts the
        fit.
        """
        if not rounds or self.spec.rounds is None or self.spec.compresses or math.isinf(deadline.at):
            return deadline
        return Deadline.after(_LONG)


def _speed(model: FoldModel, encoded: EncodedFold) -> tuple[float, float]:
    """Return the seconds to predict one row on its own, and those for each further row of a batch."""
    rows = min(_BATCH_ROWS, len(encoded.train))
    matrix = plain_rows(encoded.X_train[:rows])
    model.predict_encoded(matrix[:1])  # The first prediction takes longer.
    one, many = _seconds(model, matrix[:1]), _seconds(model, matrix)
    return one, max(0.0, many - one) / max(1, rows - 1)


def _seconds(model: FoldModel, rows: Any) -> float:
    """Return the shortest time of a few predictions, or that of one that takes long: a search has no time to spare."""
    times: list[float] = []
    with one_thread_for_few(len(rows)):
        while len(times) < _TIMES and sum(times) < _ENOUGH_SECONDS:
            stopwatch = Stopwatch()
            model.predict_encoded(rows)
            times.append(stopwatch.seconds())
    return min(times)


def _relative(weight: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """Scale the weights of the rows to mean 1, so that penalties do not depend on the unit of the weights."""
    if weight is None:
        return None
    mean = weight[rows].mean()
    return weight[rows] / mean if mean > 0 else None
