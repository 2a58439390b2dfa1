"""Shapley values of any model by walks from background rows to the rows explained.

Each walk goes through the columns in a random order and replaces the background row's values by the row's own, one
column after the other; the change of the prediction at its step is the column's contribution (Štrumbelj and
Kononenko, JMLR 2010). Every second walk takes the columns in the reverse order of the one before, which lessens the
variance (Mitchell et al., JMLR 2022). As every row walks from the same background rows, contributions sum exactly to
the distance between its prediction and the mean of theirs.
"""

import numpy as np
import pandas as pd

from podium_ml.budget import Deadline
from podium_ml.explanation.column_model import MOST_CELLS, ColumnModel, stack
from podium_ml.explanation.shapley_values import ShapleyValues

# Where time is limited, so many rows are predicted between two looks at the clock.
_ROWS_BETWEEN_LOOKS = 1000


def sampled_shapley(
    model: ColumnModel,
    X: pd.DataFrame,
    *,
    background: pd.DataFrame,
    walks: int,
    seed: int,
    deadline: Deadline,
    fewest: int = 0,
) -> ShapleyValues | None:
    """Explain the predictions of ``X`` in the user's columns.

    Args:
        model: The model.
        X: Features of the rows to explain, shape ``(n, d)``.
        background: Features of rows that stand for the data at large.
        walks: How many walks to average; even is best.
        seed: Seed of the orders of columns.
        deadline: When to stop.
        fewest: How many walks to finish whatever the deadline.

    Returns:
        The values, or ``None`` where the deadline came before the end of the first walk.
    """
    routes = _Routes(model, X, background=background, walks=walks)
    rng, n, columns = np.random.default_rng(seed), len(X), len(model.columns)
    total = np.zeros((n, columns, model.n_outputs))
    place, done = np.empty((n, columns), dtype=int), 0
    for walk in range(walks):
        place = columns - 1 - place if walk % 2 else _random_places(rng, n, columns)
        found = routes.walk(walk, place, deadline=deadline if walk >= fewest else Deadline())
        if found is None:
            break
        total, done = total + found, done + 1
    if not done:
        return None
    return ShapleyValues(
        base=routes.starts[:done].mean(axis=0),
        values=total / done,
        output=routes.output,
        method="permutation",
    )


class _Routes:
    """The walks from representative background rows to every row explained.

    Attributes:
        starts: Predictions of the background rows, shape ``(walks, n_outputs)``.
        output: Predictions of the rows explained, shape ``(n, n_outputs)``.
    """

    def __init__(self, model: ColumnModel, X: pd.DataFrame, *, background: pd.DataFrame, walks: int) -> None:
        chosen = _representative_rows(model.predict(background), walks)
        self._model, self._n = model, len(X)
        self._both = stack([X, background.iloc[chosen].reset_index(drop=True)])
        self._identity = _identities(self._both, model.features_of)
        ends = model.predict(self._both)
        self.output, self.starts = ends[: self._n], ends[self._n :]

    def walk(self, walk: int, place: np.ndarray, *, deadline: Deadline) -> np.ndarray | None:
        """Return the contributions of one walk, or ``None`` if the deadline passes meanwhile.

        Args:
            walk: Number of the walk: which background row it starts from.
            place: At which step each row replaces each column, shape ``(n, columns)``.
            deadline: When to give up.
        """
        changes = self._changes(walk, place)
        row, step = np.nonzero(changes[:, 1:-1])
        found = self._predict(row, step + 1, place, start=self._n + walk, deadline=deadline)
        if found is None:
            return None
        path = np.empty((*changes.shape, self.output.shape[1]))
        path[:, 0], path[:, -1] = self.starts[walk], self.output
        path[row, step + 1] = found
        # A step that changed nothing stays where the last one that did has led.
        last = np.maximum.accumulate(np.where(changes, np.arange(changes.shape[1]), 0), axis=1)
        path = np.take_along_axis(path, last[:, :, None], axis=1)
        return np.take_along_axis(np.diff(path, axis=1), place[:, :, None], axis=1)

    def _changes(self, walk: int, place: np.ndarray) -> np.ndarray:
        """Return whether each state of the path differs from the one before; the last always counts."""
        differs = self._identity[: self._n] != self._identity[self._n + walk]
        changes = np.zeros((self._n, place.shape[1] + 1), dtype=bool)
        np.put_along_axis(changes, place + 1, differs, axis=1)
        changes[:, -1] = True
        return changes

    def _predict(
        self, row: np.ndarray, step: np.ndarray, place: np.ndarray, *, start: int, deadline: Deadline
    ) -> np.ndarray | None:
        size = max(1, MOST_CELLS // max(1, self._both.shape[1]))
        if np.isfinite(deadline.at):
            size = min(size, _ROWS_BETWEEN_LOOKS)
        parts = [np.empty((0, self.output.shape[1]))]
        for begin in range(0, len(row), size):
            if deadline.passed():
                return None
            rows, steps = row[begin : begin + size, None], step[begin : begin + size, None]
            sources = np.where(place[rows[:, 0]] < steps, rows, start)
            parts.append(self._model.predict(self._model.mixed(self._both, sources)))
        return np.concatenate(parts)


def _representative_rows(predictions: np.ndarray, count: int) -> np.ndarray:
    """Choose rows spread evenly over the predictions, in an order that mixes low and high ones."""
    by_prediction = np.argsort(predictions[:, predictions.var(axis=0).argmax()], kind="stable")
    spread = (np.arange(count) + 0.5) / count * len(by_prediction)
    return np.random.default_rng(0).permutation(by_prediction[spread.astype(int)])


def _random_places(rng: np.random.Generator, n: int, columns: int) -> np.ndarray:
    return rng.permuted(np.tile(np.arange(columns), (n, 1)), axis=1)


def _identities(X: pd.DataFrame, features_of: list[list[str]]) -> np.ndarray:
    """Return numbers that are equal where a column's features are, shape ``(n, columns)``."""
    result = np.empty((len(X), len(features_of)), dtype=np.int64)
    for position, names in enumerate(features_of):
        codes = np.column_stack([pd.factorize(X[name])[0] for name in names])
        result[:, position] = np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)
    return result
