"""Rows with a known target, ready to be explained."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.mixing import stack
from podium_ml.explanation.stratified_sample import strata_of, stratified_sample
from podium_ml.values.row_roles import read_weights


@dataclass(frozen=True)
class LabelledRows:
    """Some rows of the test set, or of the training set if there is no test set.

    Attributes:
        table: Rows with the user's columns and a ``RangeIndex``.
        X: Their features.
        y: Encoded targets.
        strata: Codes of the targets that samples keep in proportion, shape ``(n,)``.
        weight: The user's weights times the number of rows that each row stands for, shape ``(n,)``, or ``None`` if
            all are equal.
        position: Position of each row in the source data, shape ``(n,)``.
        are_test: Whether they come from the test set.
    """

    table: pd.DataFrame
    X: pd.DataFrame
    y: np.ndarray
    strata: np.ndarray
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
            strata=self.strata[rows],
            weight=None if self.weight is None else self.weight[rows],
            position=self.position[rows],
            are_test=self.are_test,
        )

    def joined(self, other: "LabelledRows") -> "LabelledRows":
        """Return these rows, then the others; rows without weights count 1."""
        weights = [np.ones(len(one)) if one.weight is None else one.weight for one in (self, other)]
        return LabelledRows(
            table=pd.concat([self.table, other.table], ignore_index=True),
            X=stack([self.X, other.X]),
            y=np.concatenate([self.y, other.y]),
            strata=np.concatenate([self.strata, other.strata]),
            weight=np.concatenate(weights),
            position=np.concatenate([self.position, other.position]),
            are_test=self.are_test,
        )

    def few(self, most: int, *, seed: int) -> "LabelledRows":
        """Return a sample of at most ``most`` rows, stratified by target, whose weights stand for all rows."""
        if len(self) <= most:
            return self
        chosen = stratified_sample(self.strata, most, seed=seed)
        taken = self.take(chosen.rows)
        return _weighted(taken, chosen.weight)

    @property
    def shares(self) -> np.ndarray:
        """Weights that sum to 1; equal ones if all weights are zero."""
        return shares(self.weight, len(self))


def shares(weight: np.ndarray | None, n: int) -> np.ndarray:
    """Return weights scaled so that they sum to 1, shape ``(n,)``; equal ones if there are none."""
    if weight is None or not weight.sum() > 0:
        return np.full(n, 1.0 / max(1, n))
    return weight / weight.sum()


def read_rows(
    model: ColumnModel, table: pd.DataFrame, *, are_test: bool, most: int, seed: int
) -> LabelledRows:
    """Sample at most ``most`` rows, stratified by target, skipping rows whose target the model does not know."""
    problem, target = model.problem, model.target
    y = target.encode(table[problem.target], problem)
    known = np.flatnonzero(target.known(y))
    strata = strata_of(target, y[known])
    chosen = stratified_sample(strata, most, seed=seed)
    position = known[chosen.rows]
    rows = table.iloc[position].reset_index(drop=True)
    found = LabelledRows(
        table=rows,
        X=model.features(rows),
        y=y[position],
        strata=strata[chosen.rows],
        weight=row_weights(rows, problem.weight_column),
        position=position,
        are_test=are_test,
    )
    return _weighted(found, chosen.weight)


def row_weights(table: pd.DataFrame, column: str | None) -> np.ndarray | None:
    """Return the user's weights, shape ``(n,)``, or ``None`` if there are none."""
    return None if column is None or column not in table else read_weights(table[column])


def _weighted(rows: LabelledRows, factor: np.ndarray) -> LabelledRows:
    if not len(rows) or np.allclose(factor, factor[0], rtol=1e-3):
        return rows
    weight = factor if rows.weight is None else rows.weight * factor
    return LabelledRows(**{**vars(rows), "weight": weight})
