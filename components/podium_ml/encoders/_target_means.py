"""The block that replaces a category by what the target is like there."""

import warnings

import numpy as np

from podium_ml.contracts.problem import Task
from podium_ml.encoders._block import Block, Output
from podium_ml.encoders._inputs import Inputs
from podium_ml.encoders._levels import Levels
from podium_ml.encoders._target_matrix import condense_classes

CROSS_FIT_FOLDS = 5


class TargetMeans(Block):
    """The target's mean in each level, shrunk to the overall mean where rows are few; one column a class if several.

    scikit-learn's ``TargetEncoder`` learns the means (empirical Bayes, Micci-Barreca 2001) and cross-fits them for the
    training rows. What is kept is a table of numbers a feature: small to store, quick to look up.

    Args:
        levels: The levels of all categorical features.
        positions: Which of them to encode.
        task: Kind of problem.
        seed: Seed of the cross-fitting.
    """

    def __init__(self, levels: Levels, positions: np.ndarray, *, task: Task, seed: int) -> None:
        self.levels, self.positions, self.task, self.seed = levels, positions, task, seed
        self.tables: list[np.ndarray] = []

    def fit(self, inputs: Inputs, y: np.ndarray) -> None:
        """Learn the means."""
        self.fit_transform(inputs, y)

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Learn the means, and return those that the other cross-fitting folds give each row."""
        target = np.asarray(y, dtype=np.float64) if self.task == "regression" else condense_classes(y)
        if not len(self.positions) or not _can_cross_fit(target):
            return self._fit_overall(inputs, target)
        from sklearn.preprocessing import TargetEncoder

        kind = {"regression": "continuous", "binary": "binary"}.get(self.task, "multiclass")
        if kind == "multiclass" and len(np.unique(target)) == 2:
            kind = "binary"
        encoder = TargetEncoder(target_type=kind, cv=CROSS_FIT_FOLDS, shuffle=True, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # classes rarer than the cross-fitting folds
            fitted = encoder.fit_transform(inputs.codes[:, self.positions], target)
        self._keep_tables(encoder)
        return fitted.astype(np.float32)

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return the means of each row's levels."""
        parts = [
            table[inputs.codes[:, position]]
            for position, table in zip(self.positions, self.tables, strict=True)
        ]
        return np.concatenate(parts, axis=1) if parts else np.empty((len(inputs), 0), dtype=np.float32)

    def _fit_overall(self, inputs: Inputs, target: np.ndarray) -> np.ndarray:
        """Give every level the same mean, where there are too few rows to tell levels apart."""
        mean = float(target.mean()) if self.task == "regression" and len(target) else 0.0
        self.tables = [
            np.full((size + 2, 1), mean, np.float32) for size in self.levels.counts[self.positions]
        ]
        self._name_outputs()
        return self.transform(inputs)

    def _keep_tables(self, encoder: object) -> None:
        means = np.atleast_1d(np.asarray(encoder.target_mean_, dtype=np.float32))  # type: ignore[attr-defined]
        width = len(means)
        self.tables = []
        for column, position in enumerate(self.positions):
            table = np.tile(means, (int(self.levels.counts[position]) + 2, 1))
            seen = encoder.categories_[column].astype(int)  # type: ignore[attr-defined]
            for output in range(width):
                table[seen, output] = encoder.encodings_[column * width + output]  # type: ignore[attr-defined]
            self.tables.append(table)
        self._name_outputs()

    def _name_outputs(self) -> None:
        names = [self.levels.names[position] for position in self.positions]
        self.outputs = tuple(
            Output(f"{name}__target_mean" + (f"_{k + 1}" if table.shape[1] > 1 else ""), name)
            for name, table in zip(names, self.tables, strict=True)
            for k in range(table.shape[1])
        )


def _can_cross_fit(target: np.ndarray) -> bool:
    return len(target) >= 2 * CROSS_FIT_FOLDS and bool((target != target[0]).any())
