"""Fitting one configuration on all folds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.budget import Deadline
from podium_ml.contracts import Problem
from podium_ml.errors import TrainingError
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.fold_model import FoldModel, raw_prediction
from podium_ml.training.encodings import EncodedFold, FoldEncodings
from podium_ml.validation.folds import Folds

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
    started, predicting = time.perf_counter(), 0.0
    collected = _Collected(len(table.y), problem)
    models, scores = [], []
    for number in range(len(folds)):
        encoded = encodings[number]
        share = _share(deadline or Deadline(), left=len(folds) - number)
        model = _fit_fold(
            spec,
            parameters,
            table,
            encoded,
            problem=problem,
            seed=seed + number,
            n_jobs=n_jobs,
            deadline=share,
        )
        before = time.perf_counter()
        raw = raw_prediction(model.estimator, encoded.X_valid, n_classes=model.n_classes)
        predicting += (time.perf_counter() - before) / len(encoded.valid)
        if not np.isfinite(raw).all():
            raise TrainingError(f"{spec.title} predicted values that are not finite.")
        collected.add(encoded.valid, raw)
        models.append(model)
        scores.append(_score(metric, table, encoded.valid, raw))
        if on_fold is not None:
            on_fold(number, scores[-1])
    oof = collected.mean()
    return Bag(
        model=BaggedModel(spec.name, dict(parameters), tuple(models)),
        oof=oof,
        fold_scores=tuple(scores),
        score=score_oof(metric, table, oof),
        fit_seconds=time.perf_counter() - started - predicting,
        predict_seconds=predicting,
    )


def score_oof(metric: Metric, table: FeatureTable, oof: np.ndarray) -> float:
    """Return the metric on all rows that have out-of-fold predictions."""
    rows = np.flatnonzero(~np.isnan(oof if oof.ndim == 1 else oof[:, 0]))
    return _score(metric, table, rows, oof[rows])


def _score(metric: Metric, table: FeatureTable, rows: np.ndarray, raw: np.ndarray) -> float:
    return metric.score(table.y[rows], raw, None if table.weight is None else table.weight[rows])


def _fit_fold(
    spec: AlgorithmSpec,
    parameters: Mapping[str, Any],
    table: FeatureTable,
    encoded: EncodedFold,
    *,
    problem: Problem,
    seed: int,
    n_jobs: int,
    deadline: Deadline,
) -> FoldModel:
    estimator = spec.build(problem, seed=seed, n_jobs=n_jobs, **parameters)
    fitted = spec.fit_estimator(
        estimator,
        encoded.X_train,
        table.y[encoded.train],
        sample_weight=None if table.weight is None else table.weight[encoded.train],
        validation=(encoded.X_valid, table.y[encoded.valid]),
        deadline=deadline,
    )
    return FoldModel(encoded.encoder, fitted, len(problem.classes) if problem.is_classification else 0)


def _share(deadline: Deadline, *, left: int) -> Deadline:
    """Return the deadline of the next fold, so that a slow configuration still ends all folds in time."""
    remaining = deadline.remaining()
    return Deadline() if remaining == float("inf") else Deadline(time.time() + remaining / left)


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
