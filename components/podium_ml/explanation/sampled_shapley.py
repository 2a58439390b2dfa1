"""Shapley values of any model, sampled by walks from background rows to the explained rows.

Each walk visits the columns in a random order and replaces the background row's values with those of the explained row,
one column at a time. The change in the prediction at a column's step is its contribution (Štrumbelj and Kononenko,
JMLR 2010). Every second walk visits the columns in the reverse order of the previous walk, which reduces the variance
(Mitchell et al., JMLR 2022). All rows start from the same background rows. The contributions to a row therefore sum
exactly to the difference between its prediction and the mean prediction of the background rows.
"""

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.mixing import MOST_CELLS, stack
from podium_ml.explanation.shapley_values import ShapleyValues
from podium_ml.run.budget import Deadline


def sampled_shapley(
    model: ColumnModel,
    X: pd.DataFrame,
    *,
    background: pd.DataFrame,
    walks: int,
    seed: int,
    deadline: Deadline,
    fewest: int = 0,
    at_once: int = 1000,
) -> ShapleyValues | None:
    """Explain the predictions of ``X`` in the user's columns.

    Args:
        model: The model.
        X: Features of the rows to explain, shape ``(n, d)``.
        background: Features of rows that represent the data.
        walks: Number of walks to average, preferably even.
        seed: Seed of the column orders.
        deadline: When to stop.
        fewest: Number of walks to finish regardless of the deadline.
        at_once: Rows to predict between two checks of the clock, if time is limited.

    Returns:
        The values, or ``None`` if the deadline passed before the end of the first walk.
    """
    routes = _Routes(model, X, background=background, walks=walks)
    places = _places(len(X), len(model.columns), walks=walks, seed=seed)
    total, done = np.zeros((len(X), len(model.columns), model.n_outputs)), 0
    for group in _groups(places, at_once=at_once):
        until = deadline if done >= fewest else Deadline()
        found = routes.walk(done, group, deadline=until, at_once=at_once)
        if found is None:
            break
        total, done = total + found, done + len(group)
    if not done:
        return None
    return ShapleyValues(
        base=routes.starts[:done].mean(axis=0),
        values=total / done,
        output=routes.output,
        method="permutation",
        walks=done,
    )


def _places(n: int, columns: int, *, walks: int, seed: int) -> np.ndarray:
    """Return the step of each walk at which each row replaces each column, shape ``(walks, n, columns)``."""
    rng = np.random.default_rng(seed)
    places = np.empty((walks, n, columns), dtype=np.int32)
    for walk in range(walks):
        if walk % 2:
            places[walk] = columns - 1 - places[walk - 1]
        else:
            places[walk] = rng.permuted(np.tile(np.arange(columns), (n, 1)), axis=1)
    return places


def _groups(places: np.ndarray, *, at_once: int) -> list[np.ndarray]:
    """Split the walks into groups that are predicted at once: short walks together, as every call has overhead."""
    walks, n, columns = places.shape
    together = int(np.clip(at_once // max(1, n * columns), 1, max(1, walks)))
    return [places[first : first + together] for first in range(0, walks, together)]


class _Routes:
    """The walks from representative background rows to every explained row.

    Attributes:
        starts: Predictions of the background rows, shape ``(walks, n_outputs)``.
        output: Predictions of the explained rows, shape ``(n, n_outputs)``.
    """

    def __init__(self, model: ColumnModel, X: pd.DataFrame, *, background: pd.DataFrame, walks: int) -> None:
        self._model, self._n = model, len(X)
        every = stack([X, background])
        ends = model.predict(every)
        chosen = self._n + _representative_rows(ends[self._n :], walks)
        self.output, self.starts = ends[: self._n], ends[chosen]
        self._both = every.iloc[[*range(self._n), *chosen]].reset_index(drop=True)
        self._identity = _identities(self._both, model.features_of)

    def walk(self, first: int, places: np.ndarray, *, deadline: Deadline, at_once: int) -> np.ndarray | None:
        """Return the summed contributions of some walks, or ``None`` if the deadline passes.

        Args:
            first: Index of the first walk, which determines its background row.
            places: Step at which each row replaces each column, shape ``(walks, n, columns)``.
            deadline: When to give up.
            at_once: Rows to predict between two checks of the clock.
        """
        starts = self._n + first + np.arange(len(places))
        changes = self._changes(starts, places)
        walk, row, step = np.nonzero(changes[:, :, 1:-1])
        size = max(1, MOST_CELLS // max(1, self._both.shape[1]))
        if np.isfinite(deadline.at):
            size = min(size, at_once)
        found = self._predict(walk, row, step + 1, places, starts=starts, deadline=deadline, size=size)
        if found is None:
            return None
        path = np.empty((*changes.shape, self.output.shape[1]))
        path[:, :, 0], path[:, :, -1] = self.starts[first : first + len(places), None], self.output
        path[walk, row, step + 1] = found
        # A step that changes nothing keeps the prediction of the last step that did.
        last = np.maximum.accumulate(np.where(changes, np.arange(changes.shape[2]), 0), axis=2)
        path = np.take_along_axis(path, last[..., None], axis=2)
        return np.take_along_axis(np.diff(path, axis=2), places[..., None], axis=2).sum(axis=0)

    def _changes(self, starts: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Return whether each state of the paths differs from the previous one; the last state always counts."""
        differs = self._identity[: self._n] != self._identity[starts][:, None]
        changes = np.zeros((*places.shape[:2], places.shape[2] + 1), dtype=bool)
        np.put_along_axis(changes, places + 1, differs, axis=2)
        changes[:, :, -1] = True
        return changes

    def _predict(
        self,
        walk: np.ndarray,
        row: np.ndarray,
        step: np.ndarray,
        places: np.ndarray,
        *,
        starts: np.ndarray,
        deadline: Deadline,
        size: int,
    ) -> np.ndarray | None:
        parts = [np.empty((0, self.output.shape[1]))]
        for begin in range(0, len(row), size):
            if deadline.passed():
                return None
            walks, rows, steps = (values[begin : begin + size] for values in (walk, row, step))
            replaced = places[walks, rows] < steps[:, None]
            sources = np.where(replaced, rows[:, None], starts[walks][:, None])
            parts.append(self._model.predict(self._model.mixed(self._both, sources)))
        return np.concatenate(parts)


def _representative_rows(predictions: np.ndarray, count: int) -> np.ndarray:
    """Choose rows spread evenly over the predictions, in an order that mixes low and high ones."""
    by_prediction = np.argsort(predictions[:, predictions.var(axis=0).argmax()], kind="stable")
    spread = (np.arange(count) + 0.5) / count * len(by_prediction)
    return np.random.default_rng(0).permutation(by_prediction[spread.astype(int)])


def _identities(X: pd.DataFrame, features_of: list[list[str]]) -> np.ndarray:
    """Return numbers that are equal where all features of a column are equal, shape ``(n, columns)``."""
    result = np.empty((len(X), len(features_of)), dtype=np.int64)
    for position, names in enumerate(features_of):
        codes = np.column_stack([pd.factorize(X[name])[0] for name in names])
        result[:, position] = np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)
    return result
