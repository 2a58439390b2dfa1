"""The stage that chooses the model; it is given no test rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from podium_ml import pickles
from podium_ml.budget import stage_deadline
from podium_ml.contracts import Problem, Selection
from podium_ml.ensembling import cross_fit_folds
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.metrics import resolve_metric
from podium_ml.selection.calibration import choose_calibrator
from podium_ml.selection.choose import Field, Limits, explain_choice, make_predictor
from podium_ml.selection.threshold import choose_threshold

_SAMPLE_ROWS = 100


def run(
    *,
    features: str,
    train: str,
    problem: str,
    featurizer: str,
    candidates: list[str],
    ensemble: str,
    constraints: dict[str, Any],
    model: str,
    time_limit: str | float = "",
) -> dict[str, Any]:
    """Choose by out-of-fold score within the limits; calibrate and tune the threshold where that helps.

    Args:
        features: Folder of the feature table.
        train: Parquet file of the raw training rows.
        problem: File of the problem.
        featurizer: File of the featurizer.
        candidates: Folders of the candidates.
        ensemble: Folder of the ensembles.
        constraints: ``max_latency``, ``max_memory`` and ``interpretable``.
        model: Folder to write: ``model.pkl`` and ``selection.json``.
        time_limit: Wall-clock limit of the whole run; when it is near, latency is not measured for its own sake.

    Returns:
        ``chosen``, ``score`` and ``reason``.

    Raises:
        TrainingError: No model keeps within the limits.
    """
    task, table = Problem.load(problem), FeatureTable.load(features)
    metric = resolve_metric(task.metric, task.task)
    rows = pd.read_parquet(train)
    names = [column.name for column in task.features]
    sample = rows[names].sample(n=min(_SAMPLE_ROWS, len(rows)), random_state=task.seed).reset_index(drop=True)
    shared = pickles.load(featurizer, kind="featurizer")
    deadline = stage_deadline("select_model", time_limit)
    limits = Limits.parse(constraints)
    field = Field(task, shared, sample, limits, deadline=deadline).gather(candidates, ensemble)
    winner = field.winner()

    known = np.flatnonzero(~np.isnan(winner.oof if winner.oof.ndim == 1 else winner.oof[:, 0]))
    raw, y = winner.oof[known], table.y[known]
    weight = None if table.weight is None else table.weight[known]
    folds = cross_fit_folds(task, table, known)
    calibrator, gain, threshold = None, 0.0, None
    score = winner.choice.score
    if task.is_classification:
        calibrator, gain, raw = choose_calibrator(raw, y, folds=folds, weight=weight)
        score = metric.score(y, raw, weight)
    if task.task == "binary" and metric.tunes_threshold:
        threshold, score = choose_threshold(raw, y, metric=metric, folds=folds, weight=weight)

    predictor = make_predictor(
        task, shared, winner, sample=sample, calibrator=calibrator, threshold=threshold
    )
    predictor.save(Path(model) / "model.pkl")
    selection = Selection(
        chosen=winner.choice.name,
        reason=explain_choice(winner, field.contenders, metric),
        choices=(*(c.choice for c in field.contenders), *field.failed),
        threshold=threshold,
        calibrated="temperature" if calibrator else "",
        calibration_gain=gain,
        score=score,
    )
    selection.save(Path(model) / "selection.json")
    return {"chosen": selection.chosen, "score": selection.score, "reason": selection.reason}
