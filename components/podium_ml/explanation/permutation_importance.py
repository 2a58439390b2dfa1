"""Permutation importance (Breiman, Random Forests, 2001, section 10) of the user's columns, alone and in groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import ColumnImportance
from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import LabelledRows
from podium_ml.explanation.mixing import MOST_CELLS, shuffled
from podium_ml.explanation.prediction_speed import PredictionSpeed
from podium_ml.metrics import Metric
from podium_ml.run.budget import Deadline

# Maximum number of row predictions in total; a time limit may require fewer.
_MAX_PREDICTIONS = 150_000
# The same limit in cells, because rows with thousands of features take longer.
_MAX_CELLS = 100_000_000
# With fewer rows than this, a drop of the score says nothing.
MIN_ROWS = 50
_REPEATS = 5
# Share of the time planned for the first shuffle of every block; the rest covers more shuffles and bad estimates.
_PLANNED = 0.6


@dataclass(frozen=True)
class Losses:
    """How much the score dropped at each shuffle.

    Attributes:
        drops: Drops of each block of columns, one per shuffle; empty for blocks that there was no time for.
        rows: Number of rows that they were measured on.
    """

    drops: tuple[tuple[float, ...], ...]
    rows: int

    @property
    def complete(self) -> bool:
        """Whether every block was measured."""
        return all(found and np.isfinite(found).all() for found in self.drops)

    @property
    def repeats(self) -> int:
        """How often each block was shuffled."""
        return max((len(found) for found in self.drops), default=0)

    def mean(self, block: int) -> float:
        """Return the mean drop of one block."""
        return float(np.mean(self.drops[block]))

    def std(self, block: int) -> float:
        """Return the standard deviation of one block's drops."""
        return float(np.std(self.drops[block]))


def rows_in_time(rows: LabelledRows, blocks: int, *, speed: PredictionSpeed, deadline: Deadline) -> int:
    """Return how many rows one shuffle of every block can be measured on; fewer than ``MIN_ROWS`` are too few."""
    calls = 2 + min(len(rows), MIN_ROWS) * rows.X.shape[1] * (blocks + 1) // MOST_CELLS
    affordable = _PLANNED * speed.affordable(deadline, calls=calls)
    return int(min(_most_predictions(rows), affordable) // (blocks + 1))


def permutation_losses(
    model: ColumnModel,
    rows: LabelledRows,
    blocks: Sequence[np.ndarray],
    *,
    metric: Metric,
    seed: int,
    speed: PredictionSpeed,
    deadline: Deadline,
    latest: Deadline,
) -> Losses:
    """Measure how much the score worsens when the values of some columns are shuffled together across the rows.

    Args:
        model: The model.
        rows: Rows to score on.
        blocks: Positions of the columns of each block.
        metric: The metric.
        seed: Seed of the shuffles.
        speed: Prediction speed of the model.
        deadline: When to stop; the first shuffle of every block may go on until ``latest``.
        latest: When to stop in any case.
    """
    most = max(MIN_ROWS, rows_in_time(rows, len(blocks), speed=speed, deadline=deadline))
    rows = rows.few(most, seed=seed)
    rng = np.random.default_rng(seed)
    reference = utility(model, rows, metric, model.predict(rows.X))
    drops: list[list[float]] = [[] for _ in blocks]
    for repeat in range(_repeats(rows, len(blocks))):
        order = rng.permutation(len(rows))
        for batch in _batches(rows, len(blocks), speed=speed, deadline=latest):
            if (deadline if repeat else latest).passed():
                return _losses(drops, len(rows))
            X = shuffled(rows.X, [blocks[at] for at in batch], order, features_of=model.features_of)
            for at, raw in zip(batch, np.split(model.predict(X), len(batch)), strict=True):
                drops[at].append(reference - utility(model, rows, metric, raw))
    return _losses(drops, len(rows))


def ranked_columns(model: ColumnModel, losses: Losses) -> tuple[ColumnImportance, ...]:
    """Return the importance of every column, largest first.

    Args:
        model: The model.
        losses: Losses of one block per column.
    """
    found = [
        ColumnImportance(column, losses.mean(at), losses.std(at)) for at, column in enumerate(model.columns)
    ]
    return tuple(sorted(found, key=lambda one: (-one.importance, one.column)))


def utility(model: ColumnModel, rows: LabelledRows, metric: Metric, predictions: np.ndarray) -> float:
    """Return the score of predictions, greater is better; minus infinity where the metric is undefined."""
    raw = model.target.raw(predictions)
    return metric.utility(metric.score(rows.y, raw, rows.weight, threshold=model.predictor.threshold))


def _losses(drops: list[list[float]], rows: int) -> Losses:
    return Losses(tuple(tuple(found) for found in drops), rows)


def _repeats(rows: LabelledRows, blocks: int) -> int:
    return int(np.clip(_most_predictions(rows) // max(1, len(rows) * blocks), 1, _REPEATS))


def _most_predictions(rows: LabelledRows) -> int:
    return min(_MAX_PREDICTIONS, _MAX_CELLS // max(1, rows.X.shape[1]))


def _batches(
    rows: LabelledRows, blocks: int, *, speed: PredictionSpeed, deadline: Deadline
) -> list[np.ndarray]:
    """Split the blocks into batches that are predicted at once.

    Batches are small enough to check the clock now and then, and large enough that calls do not dominate the time.
    """
    timely = max(speed.affordable(deadline) / 4, 4 * speed.per_call / speed.per_row) / max(1, len(rows))
    at_once = int(np.clip(min(timely, MOST_CELLS / max(1, rows.X.size)), 1, max(1, blocks)))
    return [np.arange(first, min(first + at_once, blocks)) for first in range(0, blocks, at_once)]
