"""Fits one configuration on all folds."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.errors import TrainingError
from podium_ml.metrics import Metric, problem_metric
from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.fold_model import FoldModel
from podium_ml.run.budget import Deadline
from podium_ml.targets import Fitting, predicted_rows, target_of
from podium_ml.training.encodings import EncodedFold, FoldEncodings

OnFold = Callable[[int, float], None]


@dataclass(frozen=True)
class Bag:
    """A configuration fitted on all folds.

    Attributes:
        model: The models of all folds, combined into one.
        oof: Out-of-fold predictions, shape ``(n, K)`` or ``(n,)``; NaN for rows in no validation fold.
        fold_scores: The metric on each fold's validation rows.
        score: The metric on all validation rows together.
        fit_seconds: Seconds for fitting, including encoding.
        predict_seconds: Seconds per encoded row for a bagged prediction, amortized.
    """

    model: BaggedModel
    oof: np.ndarray
    fold_scores: tuple[float, ...]
    score: float
    fit_seconds: float
    predict_seconds: float


def fit_bag(
    spec: AlgorithmSpec,
    parameters: Mapping[str, Any],
    table: FeatureTable,
    *,
    problem: Problem,
    folds: Folds,
    seed: int,
    n_jobs: int = 1,
    deadline: Deadline | None = None,
    encodings: FoldEncodings | None = None,
    on_fold: OnFold | None = None,
) -> Bag:
    """Fit one model per fold and predict the rows that it was not trained on.

    Args:
        spec: The algorithm.
        parameters: Its configuration.
        table: Features and target.
        problem: The problem.
        folds: Training and validation rows of each fold.
        seed: Seed of the fits; each fold adds its number.
        n_jobs: Number of threads.
        deadline: When fitting must have ended; shared evenly among the remaining folds.
        encodings: Encoded folds to reuse; created here by default.
        on_fold: Called with the number and score of each fold; may raise to abandon the configuration.

    Raises:
        TrainingError: A model predicted values that are not finite.
    """
    encodings = encodings or FoldEncodings(spec, table, problem=problem, folds=folds, seed=seed)
    metric = problem_metric(problem)
    fitter = _FoldFitter(spec, parameters, table, problem=problem, n_jobs=n_jobs)
    clock, collected = _Clock(deadline or Deadline(), folds=len(folds)), _Collected(len(table.y), problem)
    models, scores = [], []
    for number in range(len(folds)):
        encoded = encodings[number]
        share = clock.share(number, reserved=encodings.seconds_ahead(number))
        models.append(fitter.fit(encoded, seed=seed + number, deadline=share))
        raw = clock.predict(models[-1], encoded)
        if not np.isfinite(raw).all():
            raise TrainingError(f"{spec.title} predicted values that are not finite.")
        collected.add(encoded.valid, raw)
        scores.append(_score(metric, table, encoded.valid, raw))
        if on_fold is not None:
            on_fold(number, scores[-1])
    oof = collected.mean()
    return Bag(
        model=BaggedModel(spec.name, dict(parameters), tuple(models)),
        oof=oof,
        fold_scores=tuple(scores),
        score=score_oof(metric, table, oof),
        fit_seconds=clock.fit_seconds(),
        predict_seconds=clock.row_seconds,
    )


def score_oof(metric: Metric, targets: Targets, oof: np.ndarray) -> float:
    """Return the metric on all rows that have out-of-fold predictions."""
    rows = predicted_rows(oof)
    return _score(metric, targets, rows, oof[rows])


def _score(metric: Metric, targets: Targets, rows: np.ndarray, raw: np.ndarray) -> float:
    scored = targets.of_rows(rows)
    return metric.score(scored.y, raw, scored.weight)


class _FoldFitter:
    """Fits one configuration on the rows of a fold."""

    def __init__(
        self,
        spec: AlgorithmSpec,
        parameters: Mapping[str, Any],
        targets: Targets,
        *,
        problem: Problem,
        n_jobs: int,
    ) -> None:
        self._spec, self._parameters, self._targets = spec, parameters, targets
        self._problem, self._n_jobs, self._target = problem, n_jobs, target_of(problem)

    def fit(self, encoded: EncodedFold, *, seed: int, deadline: Deadline) -> FoldModel:
        y = self._targets.y
        fitted = self._target.fit(
            Fitting(
                self._spec,
                self._parameters,
                self._problem,
                train=(encoded.X_train, y[encoded.train]),
                valid=(encoded.X_valid, y[encoded.valid]),
                weight=_relative(self._targets.weight, encoded.train),
                seed=seed,
                n_jobs=self._n_jobs,
                deadline=deadline,
            )
        )
        problem = self._problem
        return FoldModel(
            encoded.encoder,
            fitted,
            len(problem.classes),
            fallback=self._target.fallback(y[encoded.train], n_outputs=problem.n_outputs),
            target_type=self._target.name,
        )


def _relative(weight: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """Scale the weights of the rows to mean 1, so that penalties do not depend on the unit of the weights."""
    if weight is None:
        return None
    mean = weight[rows].mean()
    return weight[rows] / mean if mean > 0 else None


class _Clock:
    """Divides the time among the folds, and measures how long fitting and predicting took."""

    def __init__(self, deadline: Deadline, *, folds: int) -> None:
        self._deadline, self._folds = deadline, folds
        self._started, self._predicting, self.row_seconds = time.perf_counter(), 0.0, 0.0

    def share(self, number: int, *, reserved: float) -> Deadline:
        """Return the deadline for fitting fold ``number``, so that all folds of a slow configuration end in time.

        Args:
            number: The fold, from 0.
            reserved: Seconds to reserve for work other than fitting.
        """
        remaining, left = self._deadline.remaining(), self._folds - number
        if math.isinf(remaining):
            return Deadline()
        predicting = self._predicting / max(1, number) * left
        return Deadline(time.time() + max(0.0, remaining - reserved - predicting) / left)

    def predict(self, model: FoldModel, encoded: EncodedFold) -> np.ndarray:
        """Predict the validation rows of a fold, and measure the time."""
        before = time.perf_counter()
        raw = model.predict_encoded(encoded.X_valid)
        seconds = time.perf_counter() - before
        self._predicting += seconds
        self.row_seconds += seconds / max(1, len(encoded.valid))
        return raw

    def fit_seconds(self) -> float:
        """Return the seconds since the start that were not spent on predictions."""
        return time.perf_counter() - self._started - self._predicting


class _Collected:
    """Collects out-of-fold predictions. Rows that several repeats predicted get the mean."""

    def __init__(self, rows: int, problem: Problem) -> None:
        self._sum, self._count = target_of(problem).zeros(rows, problem), np.zeros(rows)

    def add(self, rows: np.ndarray, raw: np.ndarray) -> None:
        self._sum[rows] += raw
        self._count[rows] += 1

    def mean(self) -> np.ndarray:
        count = self._count.reshape(-1, *[1] * (self._sum.ndim - 1))
        return np.divide(self._sum, count, out=np.full_like(self._sum, np.nan), where=count > 0)
