"""The complete explanation of a model, as far as time allows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from podium_ml.contracts import Explanation
from podium_ml.explanation.attribution import Attribution, attribute
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import LabelledRows, read_rows, sample
from podium_ml.explanation.partial_dependence import MOST_POINTS, outputs_to_show, partial_dependence
from podium_ml.explanation.permutation_importance import MeasuredImportance, permutation_importance
from podium_ml.explanation.prediction_speed import PredictionSpeed, measure_speed
from podium_ml.run.budget import Deadline

if TYPE_CHECKING:
    from podium_ml.contracts import PartialDependence
    from podium_ml.kinds import Predictor

_MAX_ROWS = 2000
_DEPENDENCE_COLUMNS = 6
_DEPENDENCE_ROWS, _MIN_DEPENDENCE_ROWS = 60, 15
# Shares of the remaining time: first for importance, then for Shapley values.
_IMPORTANCE_SHARE, _SHAPLEY_SHARE = 0.4, 0.65
# With time for fewer model calls, an explanation says nothing.
_MIN_CALLS = 3


def explain(
    predictor: "Predictor", *, train: pd.DataFrame, test: pd.DataFrame, deadline: Deadline
) -> Explanation:
    """Explain a model in the user's columns: importance, then Shapley values, then partial dependence.

    Args:
        predictor: The model.
        train: Raw training rows.
        test: Raw test rows; if there are none, the training rows are explained.
        deadline: When to finish; parts that there is no time for are skipped, and a note says so.
    """
    from podium_ml.metrics import problem_metric

    model = ColumnModel(predictor)
    rows = _rows(model, train, test)
    metric = problem_metric(model.problem)
    speed = measure_speed(model, rows.X, deadline=deadline)
    if not speed.affordable(deadline, calls=_MIN_CALLS):
        note = "There was not enough time to explain the model."
        return Explanation.absent(predictor.name, metric=metric.name, note=note)
    measured = permutation_importance(
        model,
        rows,
        metric=metric,
        seed=model.problem.seed,
        speed=speed,
        deadline=deadline.share(_IMPORTANCE_SHARE),
    )
    attribution = attribute(
        model,
        rows,
        train=train,
        ranked=measured.columns,
        speed=speed,
        deadline=deadline.share(_SHAPLEY_SHARE),
    )
    dependence = _dependence(model, rows, measured, speed=speed, deadline=deadline)
    return Explanation(
        model=predictor.name,
        metric=metric.name,
        rows=measured.rows,
        columns=attribution.columns,
        partial_dependence=dependence,
        examples=attribution.examples,
        shap_method=attribution.method,
        beeswarm=attribution.beeswarm,
        notes=tuple(_notes(rows, measured, attribution, dependence)),
    )


def _rows(model: ColumnModel, train: pd.DataFrame, test: pd.DataFrame) -> LabelledRows:
    seed = model.problem.seed
    if len(test):
        rows = read_rows(model, test, are_test=True, most=_MAX_ROWS, seed=seed)
        if len(rows):
            return rows
    return read_rows(model, train, are_test=False, most=_MAX_ROWS, seed=seed)


def _dependence(
    model: ColumnModel,
    rows: LabelledRows,
    measured: MeasuredImportance,
    *,
    speed: PredictionSpeed,
    deadline: Deadline,
) -> "tuple[PartialDependence, ...]":
    columns, n_rows = _affordable_dependence(speed, deadline)
    if not columns:
        return ()
    few = rows.take(sample(np.arange(len(rows)), n_rows, seed=model.problem.seed))
    outputs = outputs_to_show(model, model.predict(few.X))
    found: list[PartialDependence] = []
    for one in measured.columns:
        if len(found) == columns or deadline.passed():
            break
        if dependence := partial_dependence(model, few.table, one.column, outputs=outputs):
            found.append(dependence)
    return tuple(found)


def _affordable_dependence(speed: PredictionSpeed, deadline: Deadline) -> tuple[int, int]:
    """Return how many columns there is time for, and on how many rows each."""
    for columns in range(_DEPENDENCE_COLUMNS, 0, -1):
        rows = speed.affordable(deadline, calls=columns + 1) / (columns * MOST_POINTS)
        if rows >= _MIN_DEPENDENCE_ROWS:
            return columns, int(min(rows, _DEPENDENCE_ROWS))
    return 0, 0


def _notes(
    rows: LabelledRows,
    measured: MeasuredImportance,
    attribution: Attribution,
    dependence: "tuple[PartialDependence, ...]",
) -> list[str]:
    notes = []
    if not rows.are_test:
        notes.append("There is no test set, so this was measured on the training rows.")
    if measured.left_out:
        total = measured.left_out + len(measured.columns)
        notes.append(
            f"The importance of {measured.left_out} of {total} columns was not measured: it would have taken too long."
        )
    if not attribution.method:
        notes.append("There was not enough time to explain individual predictions.")
    if measured.columns and not dependence:
        notes.append("Partial dependence is not shown: no column was suitable, or there was not enough time.")
    return notes
