"""Rows with a known target, ready to be explained."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel


@dataclass(frozen=True)
class LabelledRows:
    """Some rows of the test set, or of the training set if there is no test set.

    Attributes:
        table: Rows with the user's columns and a ``RangeIndex``.
        X: Their features.
        y: Encoded targets.
        weight: Sample weights, shape ``(n,)``, or ``None``.
        position: Position of each row in the source data, shape ``(n,)``.
        are_test: Whether they come from the test set.
    """

    table: pd.DataFrame
    X: pd.DataFrame
    y: np.ndarray
    weight: np.ndarray | None
    position: np.ndarray
    are_test: bool

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: np.ndarray) -> "LabelledRows":
        """Return some of the rows."""
        return LabelledRows(
            table=self.table.iloc[rows].reset_index(drop=True),
            X=self.X.iloc[rows].reset_index(drop=True),
            y=self.y[rows],
            weight=None if self.weight is None else self.weight[rows],
            position=self.position[rows],
            are_test=self.are_test,
        )


def read_rows(
    model: ColumnModel, table: pd.DataFrame, *, are_test: bool, most: int, seed: int
) -> LabelledRows:
    """Sample at most ``most`` rows, skipping rows whose target the model does not know."""
    problem, target = model.problem, model.target
    y = target.encode(table[problem.target], problem)
    known = np.flatnonzero(target.known(y))
    position = sample(known, most, seed=seed)
    chosen = table.iloc[position].reset_index(drop=True)
    return LabelledRows(
        table=chosen,
        X=model.features(chosen),
        y=y[position],
        weight=_weights(chosen, problem.weight_column),
        position=position,
        are_test=are_test,
    )


def sample(rows: np.ndarray, most: int, *, seed: int) -> np.ndarray:
    """Return at most ``most`` of the rows, in their original order."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, size=most, replace=False))


def _weights(table: pd.DataFrame, column: str | None) -> np.ndarray | None:
    if column is None or column not in table:
        return None
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.nan_to_num(np.clip(numbers, 0, None))
