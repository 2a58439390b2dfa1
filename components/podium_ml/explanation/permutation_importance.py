"""Permutation importance (Breiman, Random Forests, 2001, section 10) of the user's columns."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import ColumnImportance
from podium_ml.explanation.column_model import MOST_CELLS, ColumnModel
from podium_ml.explanation.labelled_rows import LabelledRows, sample
from podium_ml.explanation.prediction_speed import PredictionSpeed
from podium_ml.metrics import Metric
from podium_ml.run.budget import Deadline

# Maximum number of row predictions in total; a time limit may require fewer.
_MAX_PREDICTIONS = 80_000
# The same limit in cells, because rows with thousands of features take longer.
_MAX_CELLS = 100_000_000
_MIN_ROWS, _SCREENING_ROWS = 50, 4
_REPEATS = 4
# Share of the time planned for the first shuffle of every column; the rest covers more shuffles and bad estimates.
_PLANNED = 0.6


@dataclass(frozen=True)
class MeasuredImportance:
    """Measured importances.

    Attributes:
        columns: Importances, largest first; columns that there was no time for are left out.
        rows: Number of rows that each was measured on.
        repeats: How often each column was shuffled.
        left_out: Number of columns left out.
    """

    columns: tuple[ColumnImportance, ...]
    rows: int
    repeats: int
    left_out: int = 0


def permutation_importance(
    model: ColumnModel,
    rows: LabelledRows,
    *,
    metric: Metric,
    seed: int,
    speed: PredictionSpeed,
    deadline: Deadline,
) -> MeasuredImportance:
    """Measure how much the score worsens when one column's values are shuffled across the rows.

    Args:
        model: The model.
        rows: Rows to score on.
        metric: The metric.
        seed: Seed of the shuffles.
        speed: Prediction speed of the model.
        deadline: When to finish; if time is short, fewer rows and repeats are used.
    """
    columns = np.arange(len(model.columns))
    most = _affordable(rows, len(columns), speed=speed, deadline=deadline)
    if most < _MIN_ROWS:
        columns = _by_effect(model, rows.take(np.arange(min(len(rows), _SCREENING_ROWS))))
        columns = columns[: _most_predictions(rows) // _MIN_ROWS]
    rows = rows.take(sample(np.arange(len(rows)), max(_MIN_ROWS, most), seed=seed))
    rng = np.random.default_rng(seed)
    reference = _utility(model, rows, metric, model.predict(rows.X))
    losses: list[list[float]] = [[] for _ in model.columns]
    for _ in range(_repeats(rows, len(columns))):
        order = rng.permutation(len(rows))
        for batch in _batches(rows, columns, speed=speed, deadline=deadline):
            if deadline.passed():
                return _summary(model, losses, len(rows))
            for position, raw in zip(batch, _predict_shuffled(model, rows, batch, order), strict=True):
                losses[position].append(reference - _utility(model, rows, metric, raw))
    return _summary(model, losses, len(rows))


def _repeats(rows: LabelledRows, columns: int) -> int:
    return int(np.clip(_most_predictions(rows) // max(1, len(rows) * columns), 1, _REPEATS))


def _affordable(rows: LabelledRows, columns: int, *, speed: PredictionSpeed, deadline: Deadline) -> int:
    """Return how many rows one shuffle of every column can be measured on."""
    calls = 1 + rows.X.size * columns // MOST_CELLS
    affordable = _PLANNED * speed.affordable(deadline, calls=calls)
    return int(min(_most_predictions(rows), affordable) // max(1, columns))


def _most_predictions(rows: LabelledRows) -> int:
    return min(_MAX_PREDICTIONS, _MAX_CELLS // max(1, rows.X.shape[1]))


def _by_effect(model: ColumnModel, few: LabelledRows) -> np.ndarray:
    """Order the columns by their effect on the predictions of a few rows; used if time is too short for all."""
    before, order = model.predict(few.X), np.roll(np.arange(len(few)), 1)
    at_once = max(1, MOST_CELLS // max(1, few.X.size))
    effects = [
        np.abs(after - before).mean()
        for batch in _parts(np.arange(len(model.columns)), at_once)
        for after in _predict_shuffled(model, few, batch, order)
    ]
    return np.argsort(-np.array(effects), kind="stable")


def _batches(
    rows: LabelledRows, columns: np.ndarray, *, speed: PredictionSpeed, deadline: Deadline
) -> list[np.ndarray]:
    """Split the columns into batches that are predicted at once.

    Batches are small enough to check the clock now and then, and large enough that calls do not dominate the time.
    """
    timely = max(speed.affordable(deadline) / 4, 4 * speed.per_call / speed.per_row) / max(1, len(rows))
    at_once = int(np.clip(min(timely, MOST_CELLS / max(1, rows.X.size)), 1, max(1, len(columns))))
    return _parts(columns, at_once)


def _parts(columns: np.ndarray, size: int) -> list[np.ndarray]:
    return [columns[first : first + size] for first in range(0, len(columns), size)]


def _predict_shuffled(
    model: ColumnModel, rows: LabelledRows, batch: np.ndarray, order: np.ndarray
) -> Iterable[np.ndarray]:
    """Return the predictions with each column of a batch shuffled, from one call: calls are slow, rows are fast."""
    n, columns = len(rows), len(model.columns)
    sources = np.tile(np.arange(n)[:, None], (len(batch), columns))
    for block, position in enumerate(batch):
        sources[block * n : (block + 1) * n, position] = order
    return np.split(model.predict(model.mixed(rows.X, sources)), len(batch))


def _utility(model: ColumnModel, rows: LabelledRows, metric: Metric, predictions: np.ndarray) -> float:
    raw = model.target.raw(predictions)
    return metric.utility(metric.score(rows.y, raw, rows.weight, threshold=model.predictor.threshold))


def _summary(model: ColumnModel, losses: list[list[float]], n_rows: int) -> MeasuredImportance:
    measured = [
        ColumnImportance(column, float(np.mean(found)), float(np.std(found)))
        for column, found in zip(model.columns, losses, strict=True)
        if found and np.isfinite(found).all()
    ]
    return MeasuredImportance(
        columns=tuple(sorted(measured, key=lambda one: (-one.importance, one.column))),
        rows=n_rows,
        repeats=max((len(found) for found in losses), default=0),
        left_out=len(model.columns) - len(measured),
    )
