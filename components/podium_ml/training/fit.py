"""Fitting one configuration on all folds."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.errors import TrainingError
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.fold_model import FoldModel, raw_prediction
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import Folds
from podium_ml.training.encodings import EncodedFold, FoldEncodings

OnFold = Callable[[int, float], None]


@dataclass(frozen=True)
class Bag:
    """A configuration fitted on all folds.

    Attributes:
        model: The folds' models as one.
        oof: Out-of-fold predictions, shape ``(n, K)`` or ``(n,)``; NaN for rows in no validation fold.
        fold_scores: The metric on each fold's validation rows.
        score: The metric on all validation rows together.
        fit_seconds: Seconds that fitting took, encoding included.
        predict_seconds: Seconds that a bagged prediction of one encoded row takes, amortized.
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
    """Fit one model a fold and predict the rows that it did not see.

    Args:
        spec: The algorithm.
        parameters: Its configuration.
        table: Features and target.
        problem: The problem.
        folds: Training and validation rows of each fold.
        seed: Seed of the fits; each fold adds its number.
        n_jobs: Threads.
        deadline: When fitting must have ended; shared evenly among the folds that are left.
        encodings: Encoded folds to use again; by default they are made here.
        on_fold: Told each fold's number and score; may raise to give the configuration up.

    Raises:
        TrainingError: A model predicted what is not finite.
    """
    encodings = encodings or FoldEncodings(spec, table, problem=problem, folds=folds, seed=seed)
    metric = resolve_metric(problem.metric, problem.task)
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


def score_oof(metric: Metric, table: FeatureTable, oof: np.ndarray) -> float:
    """Return the metric on all rows that have out-of-fold predictions."""
    rows = np.flatnonzero(~np.isnan(oof if oof.ndim == 1 else oof[:, 0]))
    return _score(metric, table, rows, oof[rows])


def _score(metric: Metric, table: FeatureTable, rows: np.ndarray, raw: np.ndarray) -> float:
    return metric.score(table.y[rows], raw, None if table.weight is None else table.weight[rows])


class _FoldFitter:
    """Fits one configuration on the rows of a fold."""

    def __init__(
        self,
        spec: AlgorithmSpec,
        parameters: Mapping[str, Any],
        table: FeatureTable,
        *,
        problem: Problem,
        n_jobs: int,
    ) -> None:
        self._spec, self._parameters, self._table = spec, parameters, table
        self._problem, self._n_jobs = problem, n_jobs

    def fit(self, encoded: EncodedFold, *, seed: int, deadline: Deadline) -> FoldModel:
        y = self._table.y[encoded.train]
        if self._problem.is_classification and len(np.unique(y)) == 1:
            fitted = _constant(y)
        else:
            estimator = self._spec.build(self._problem, seed=seed, n_jobs=self._n_jobs, **self._parameters)
            fitted = self._spec.fit_estimator(
                estimator,
                encoded.X_train,
                y,
                sample_weight=_relative(self._table.weight, encoded.train),
                validation=(encoded.X_valid, self._table.y[encoded.valid]),
                deadline=deadline,
            )
        if self._problem.is_classification:
            return FoldModel(encoded.encoder, fitted, len(self._problem.classes))
        return FoldModel(encoded.encoder, fitted, 0, fallback=float(y.mean()))


def _constant(y: np.ndarray) -> Any:
    """Return a model of a fold that has one class only, which most algorithms refuse to learn from."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(np.zeros((len(y), 1)), y)


def _relative(weight: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """Return the rows' weights with mean 1, so that penalties weigh as much whatever the weights' unit."""
    if weight is None:
        return None
    mean = weight[rows].mean()
    return weight[rows] / mean if mean > 0 else None


class _Clock:
    """Shares the time among the folds and says how long things took."""

    def __init__(self, deadline: Deadline, *, folds: int) -> None:
        self._deadline, self._folds = deadline, folds
        self._started, self._predicting, self.row_seconds = time.perf_counter(), 0.0, 0.0

    def share(self, number: int, *, reserved: float) -> Deadline:
        """Return the deadline of fold ``number``'s fit, so that a slow configuration still ends all folds in time.

        Args:
            number: The fold, from 0.
            reserved: Seconds that will go to other work than fitting.
        """
        remaining, left = self._deadline.remaining(), self._folds - number
        if math.isinf(remaining):
            return Deadline()
        predicting = self._predicting / max(1, number) * left
        return Deadline(time.time() + max(0.0, remaining - reserved - predicting) / left)

    def predict(self, model: FoldModel, encoded: EncodedFold) -> np.ndarray:
        """Predict a fold's validation rows, and take the time."""
        before = time.perf_counter()
        raw = raw_prediction(model.estimator, encoded.X_valid, n_classes=model.n_classes)
        seconds = time.perf_counter() - before
        self._predicting += seconds
        self.row_seconds += seconds / max(1, len(encoded.valid))
        return raw

    def fit_seconds(self) -> float:
        """Seconds since the start that were not spent on predictions."""
        return time.perf_counter() - self._started - self._predicting


class _Collected:
    """Out-of-fold predictions as they come in; rows predicted by several repeats get the mean."""

    def __init__(self, rows: int, problem: Problem) -> None:
        shape = (rows, problem.n_outputs) if problem.is_classification else (rows,)
        self._sum, self._count = np.zeros(shape), np.zeros(rows)

    def add(self, rows: np.ndarray, raw: np.ndarray) -> None:
        self._sum[rows] += raw
        self._count[rows] += 1

    def mean(self) -> np.ndarray:
        count = self._count if self._sum.ndim == 1 else self._count[:, None]
        return np.divide(self._sum, count, out=np.full_like(self._sum, np.nan), where=count > 0)
