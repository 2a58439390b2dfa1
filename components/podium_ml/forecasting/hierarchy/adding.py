"""Forecasts of rows that are made to add up."""

from dataclasses import dataclass

import numpy as np

from podium_ml.contracts.targets import Folds, Targets
from podium_ml.forecasting.hierarchy.reconciliation import Reconciliation, learn_again
from podium_ml.forecasting.hierarchy.tree import Tree


def add_up(
    raw: np.ndarray,
    codes: np.ndarray,
    steps: np.ndarray,
    tree: Tree,
    *,
    how: Reconciliation,
    never_negative: np.ndarray,
    needed: np.ndarray,
) -> np.ndarray:
    """Return forecasts that add up at each step that all series that are needed have, shape ``(n, 1 + q)``.

    Quantiles move with their points.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        codes: Codes of the series, shape ``(n,)``.
        steps: Steps, shape ``(n,)``.
        tree: The sums.
        how: How forecasts are made to add up.
        never_negative: Whether each series is never negative, shape ``(s,)``.
        needed: Which series a step must have, shape ``(s,)``.
    """
    places, column = np.unique(steps, return_inverse=True)
    points, present = (np.zeros((tree.count, len(places))) for _ in range(2))
    points[codes, column], present[codes, column] = raw[:, 0], 1.0
    new = how.reconcile(points, tree, never_negative=never_negative)
    complete = present[needed].all(axis=0)
    moved = np.where(complete[column], new[codes, column] - raw[:, 0], 0.0)
    return raw + moved[:, None]


@dataclass(frozen=True, eq=False)
class Sums:
    """Makes the forecasts of scored rows add up, as those that a user gets do.

    Attributes:
        tree: The sums.
        how: How forecasts are made to add up.
        never_negative: Whether each series is never negative, shape ``(s,)``.
    """

    tree: Tree
    how: Reconciliation
    never_negative: np.ndarray

    @classmethod
    def of(cls, tree: Tree, how: Reconciliation, targets: Targets) -> "Sums":
        """Return what adds up the series whose values some targets hold."""
        assert targets.group is not None
        least = np.full(tree.count, np.inf)
        np.fmin.at(least, targets.group, targets.y[:, 0])
        return cls(tree, how, least >= 0)

    def add_up(self, raw: np.ndarray, targets: Targets) -> np.ndarray:
        """Return forecasts of rows that add up, shape ``(n, 1 + q)``.

        Args:
            raw: Points and quantiles, NaN for rows without any, shape ``(n, 1 + q)``.
            targets: The targets of the rows, with the codes of series as groups, and steps as times.
        """
        return self._added(raw, targets, self.how)

    def cross_fitted(self, raw: np.ndarray, before: np.ndarray, targets: Targets, folds: Folds) -> np.ndarray:
        """Return the same for the rows of each fold, where errors of the other folds weigh the changes.

        Args:
            raw: Points and quantiles, shape ``(n, 1 + q)``.
            before: Those whose errors tell the weights, shape ``(n, 1 + q)``.
            targets: The targets of the rows.
            folds: Splits of the rows by window.
        """
        added = raw.copy()
        for train, valid in folds:
            how = learn_again(self.how, before[train], targets.of_rows(train), self.tree)
            added[valid] = self._added(raw[valid], targets.of_rows(valid), how)
        return added

    def _added(self, raw: np.ndarray, targets: Targets, how: Reconciliation) -> np.ndarray:
        assert targets.group is not None
        assert targets.time is not None
        known = np.isfinite(raw[:, 0])
        codes, steps = targets.group[known], targets.time[known]
        if not len(steps):
            return raw
        needed = np.zeros(self.tree.count, dtype=bool)
        needed[codes[steps == steps.max()]] = True
        added = raw.copy()
        added[known] = add_up(
            raw[known], codes, steps, self.tree, how=how, never_negative=self.never_negative, needed=needed
        )
        return added
