"""The importance of every column, by the best way that there is time for."""

from dataclasses import dataclass, replace

import numpy as np

from podium_ml.contracts import ColumnImportance, ImportanceKind
from podium_ml.explanation.cheap_importance import cheap_importance
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import LabelledRows
from podium_ml.explanation.permutation_importance import (
    MIN_ROWS,
    Losses,
    permutation_losses,
    ranked_columns,
    rows_in_time,
    utility,
)
from podium_ml.explanation.prediction_speed import PredictionSpeed
from podium_ml.metrics import Metric, metrics_for, problem_metric
from podium_ml.run.budget import Deadline


@dataclass(frozen=True)
class MeasuredImportance:
    """The importance of every column.

    Attributes:
        columns: Importances, largest first.
        kind: How they were measured.
        metric: The metric that they are measured in.
        rows: Number of rows that each was measured on.
        repeats: How often each column was shuffled.
        has_scores: Whether they are drops of a score, rather than shares.
        notes: What users should know about the way.
    """

    columns: tuple[ColumnImportance, ...]
    kind: ImportanceKind
    metric: Metric
    rows: int
    repeats: int = 1
    has_scores: bool = False
    notes: tuple[str, ...] = ()


def measure_importance(
    model: ColumnModel,
    rows: LabelledRows,
    *,
    speed: PredictionSpeed,
    deadline: Deadline,
    latest: Deadline,
) -> MeasuredImportance:
    """Measure how much every column matters.

    If there is no time to score every column shuffled, a few rows say how far that moves the predictions, or the
    model's own numbers are taken.

    Args:
        model: The model, or a stand-in.
        rows: Rows to score on.
        speed: Its prediction speed.
        deadline: When to finish.
        latest: When to finish in any case; the first shuffle of every column may take until then.
    """
    metric, notes = _defined_metric(model, rows)
    found = _shuffled(model, rows, metric=metric, speed=speed, deadline=deadline, latest=latest)
    if found is None:
        found = _cheap(model, rows, metric=metric, deadline=deadline)
    return replace(found, notes=(*notes, *found.notes))


def _defined_metric(model: ColumnModel, rows: LabelledRows) -> tuple[Metric, tuple[str, ...]]:
    """Return the problem's metric, or another one if it is undefined on these rows, and a sentence that says so.

    Whether a metric is defined depends on the targets, so it is tried on made-up predictions.
    """
    wanted = problem_metric(model.problem)
    known = (one.over(model.problem.target_range) for one in metrics_for(model.problem.task))
    others = sorted(known, key=lambda one: one.needs == "label")
    made_up = _made_up_predictions(model, rows)
    defined = (one for one in (wanted, *others) if np.isfinite(utility(model, rows, one, made_up)))
    metric = next(defined, wanted)
    if metric.name == wanted.name:
        return wanted, ()
    one_class = model.target.name == "labels" and len(np.unique(rows.y)) == 1
    why = "all of them belong to one class" if one_class else "it cannot be computed from their targets"
    note = (
        f"{wanted.title} is undefined on these rows: {why}. Importance is measured in {metric.title} instead."
    )
    return metric, (note,)


def _made_up_predictions(model: ColumnModel, rows: LabelledRows) -> np.ndarray:
    if model.target.output == "values":
        return np.roll(np.asarray(rows.y, dtype=np.float64), 1)[:, None]
    raw = np.random.default_rng(0).uniform(0.1, 0.9, (len(rows), model.n_outputs))
    return raw / raw.sum(axis=1, keepdims=True)


def _shuffled(
    model: ColumnModel,
    rows: LabelledRows,
    *,
    metric: Metric,
    speed: PredictionSpeed,
    deadline: Deadline,
    latest: Deadline,
) -> MeasuredImportance | None:
    """Shuffle the columns before the model itself; ``None`` if that takes too long or gives no finite score."""
    columns = len(model.columns)
    if not columns or rows_in_time(rows, columns, speed=speed, deadline=latest) < min(MIN_ROWS, len(rows)):
        return None
    losses = _column_losses(model, rows, metric=metric, speed=speed, deadline=deadline, latest=latest)
    return _measured(model, losses, metric) if losses.complete else None


def _cheap(
    model: ColumnModel, rows: LabelledRows, *, metric: Metric, deadline: Deadline
) -> MeasuredImportance:
    """Measure how far the predictions of a few rows move, or read the model's own numbers."""
    found = cheap_importance(
        model.predictor.model,
        rows.X,
        schema=model.predictor.featurizer.schema,
        seed=model.problem.seed,
        seconds=deadline.remaining(),
    )
    columns = tuple(ColumnImportance(column, share, 0.0) for column, share in found.shares.items())
    note = (
        "There was too little time to measure how much the score depends on each column." if columns else ""
    )
    return MeasuredImportance(columns, found.kind, metric, found.rows, notes=(note,) if note else ())


def _column_losses(
    model: ColumnModel,
    rows: LabelledRows,
    *,
    metric: Metric,
    speed: PredictionSpeed,
    deadline: Deadline,
    latest: Deadline,
) -> Losses:
    return permutation_losses(
        model,
        rows,
        [np.array([at]) for at in range(len(model.columns))],
        metric=metric,
        seed=model.problem.seed,
        speed=speed,
        deadline=deadline,
        latest=latest,
    )


def _measured(model: ColumnModel, losses: Losses, metric: Metric) -> MeasuredImportance:
    return MeasuredImportance(
        columns=ranked_columns(model, losses),
        kind="permutation",
        metric=metric,
        rows=losses.rows,
        repeats=losses.repeats,
        has_scores=True,
    )
