"""What is done to the chosen model's probabilities and decisions."""

from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.ensembling import cross_fit_folds
from podium_ml.metrics import resolve_metric
from podium_ml.selection.calibration import Calibrator, choose_calibration
from podium_ml.selection.threshold import choose_threshold


@dataclass(frozen=True)
class Corrections:
    """Corrections that help, cross-fitted.

    Attributes:
        score: Cross-fitted score with them.
        calibrator: Corrects probabilities, or ``None``.
        calibrated: How: ``"temperature"``, ``"isotonic"`` or empty.
        calibration_gain: Log loss that it saves.
        threshold: Probability from which the positive class is predicted, or ``None``.
    """

    score: float
    calibrator: Calibrator | None = None
    calibrated: str = ""
    calibration_gain: float = 0.0
    threshold: float | None = None


def find_corrections(oof: np.ndarray, table: FeatureTable, *, problem: Problem) -> Corrections:
    """Calibrate and tune the decision threshold where that helps.

    Args:
        oof: The model's out-of-fold predictions of all training rows; NaN where there is none.
        table: Target and weights of the training rows.
        problem: The problem.
    """
    metric = resolve_metric(problem.metric, problem.task)
    rows = np.flatnonzero(~np.isnan(oof if oof.ndim == 1 else oof[:, 0]))
    raw, y = oof[rows], table.y[rows]
    weight = None if table.weight is None else table.weight[rows]
    if not problem.is_classification:
        return Corrections(metric.score(y, raw, weight))
    folds = cross_fit_folds(problem, table, rows)
    calibration = choose_calibration(raw, y, metric=metric, folds=folds, weight=weight)
    threshold, score = None, metric.score(y, calibration.raw, weight)
    if problem.task == "binary" and metric.tunes_threshold:
        threshold, score = choose_threshold(calibration.raw, y, metric=metric, folds=folds, weight=weight)
    return Corrections(score, calibration.calibrator, calibration.kind, calibration.gain, threshold)
