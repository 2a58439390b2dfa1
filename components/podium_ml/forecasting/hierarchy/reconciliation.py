"""Makes forecasts of series and of their sums add up.

``bottom_up`` adds the forecasts of the single series. The others take the least change that adds up, weighed by the
errors of earlier forecasts (MinT; Wickramasuriya, Athanasopoulos and Hyndman 2019): ``variances`` by their variances
alone, ``covariances`` by their covariances, shrunk towards none as Schaefer and Strimmer (2005) do.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from podium_ml.contracts.targets import Folds, Targets
from podium_ml.forecasting.hierarchy.tree import Tree

Method = Literal["bottom_up", "variances", "covariances"]
# Covariances of more series take too much memory.
_MOST_SERIES = 400
_FEWEST_ERRORS = 8


@dataclass(frozen=True)
class Reconciliation:
    """What makes forecasts add up.

    Attributes:
        method: How.
        weights: Variances of the errors of each series, shape ``(s,)``, or their covariances, shape ``(s, s)``.
    """

    method: Method = "bottom_up"
    weights: np.ndarray | None = None

    def reconcile(self, points: np.ndarray, tree: Tree, *, never_negative: np.ndarray) -> np.ndarray:
        """Return points that add up.

        Args:
            points: Points of all series at some steps, 0 for series that count for nothing, shape ``(s, h)``.
            tree: The sums.
            never_negative: Whether each series is never negative, shape ``(s,)``.
        """
        found = points
        if self.method != "bottom_up" and self.weights is not None and len(self.weights) == len(points):
            found = points - self._change(points, tree)
        found = np.where(never_negative[:, None], np.maximum(found, 0.0), found)
        return tree.add(found)

    def _change(self, points: np.ndarray, tree: Tree) -> np.ndarray:
        """Return the least change, in the norm of the inverse weights, after which sums are right."""
        assert self.weights is not None
        constraints = np.zeros((len(tree.sums), tree.count))
        constraints[np.arange(len(tree.sums)), tree.sums] = 1.0
        constraints[tree.pairs[0], tree.pairs[1]] = -1.0
        moved = (
            self.weights[:, None] * constraints.T if self.weights.ndim == 1 else self.weights @ constraints.T
        )
        change: np.ndarray = moved @ np.linalg.lstsq(constraints @ moved, constraints @ points, rcond=None)[0]
        return change


def choose_reconciliation(raw: np.ndarray, targets: Targets, tree: Tree, *, folds: Folds) -> Reconciliation:
    """Return the way to add up that was best for earlier forecasts, scored on other windows than it learned from.

    Args:
        raw: Out-of-fold points and quantiles, shape ``(n, 1 + q)``.
        targets: Their targets, with the codes of series as groups, and steps as times.
        tree: The sums.
        folds: Splits of the rows by window.
    """
    table = _Table.of(raw[:, 0], targets, tree)
    known = np.isfinite(table.errors)
    if not folds or known.sum(axis=1).min() < _FEWEST_ERRORS:
        return Reconciliation()
    methods: list[Method] = ["bottom_up", "variances"]
    methods += ["covariances"] if tree.count <= _MOST_SERIES and known.all() else []
    losses = dict.fromkeys(methods, 0.0)
    for train, valid in folds:
        learned, scored = table.columns(train), table.columns(valid)
        if len(learned) < _FEWEST_ERRORS:
            return Reconciliation()
        for method in methods:
            losses[method] += table.loss(_learned(method, table.errors[:, learned]), scored, tree)
    best = min(methods, key=lambda method: losses[method])
    return _learned(best, table.errors)


def learn_again(found: Reconciliation, raw: np.ndarray, targets: Targets, tree: Tree) -> Reconciliation:
    """Return the same way to add up, with the errors of other forecasts.

    Args:
        found: What was chosen.
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        targets: Their targets, with the codes of series as groups, and steps as times.
        tree: The sums.
    """
    errors = _Table.of(raw[:, 0], targets, tree).errors
    enough = np.isfinite(errors).sum(axis=1).min() > 1
    return _learned(found.method, errors) if enough else Reconciliation()


@dataclass(frozen=True)
class _Table:
    """Points, errors and scales of all series at some steps, NaN where there is no row, shape ``(s, h)`` each."""

    points: np.ndarray
    errors: np.ndarray
    scale: np.ndarray
    column: np.ndarray

    @classmethod
    def of(cls, point: np.ndarray, targets: Targets, tree: Tree) -> "_Table":
        assert targets.group is not None
        assert targets.time is not None
        steps, column = np.unique(targets.time, return_inverse=True)
        points, errors, scale = (np.full((tree.count, len(steps)), np.nan) for _ in range(3))
        points[targets.group, column] = point
        errors[targets.group, column] = targets.y[:, 0] - point
        scale[targets.group, column] = targets.y[:, 1]
        return cls(points, errors, scale, column)

    def columns(self, rows: np.ndarray) -> np.ndarray:
        """Return the steps of some rows."""
        return np.unique(self.column[rows])

    def loss(self, found: Reconciliation, columns: np.ndarray, tree: Tree) -> float:
        """Return the sum of the scaled errors of reconciled points at some steps."""
        points = np.nan_to_num(self.points[:, columns])
        true = self.points[:, columns] + self.errors[:, columns]
        never = np.nanmin(self.points + self.errors, axis=1, initial=np.inf) >= 0
        reconciled = found.reconcile(points, tree, never_negative=never)
        return float(np.nansum(np.abs(true - reconciled) / self.scale[:, columns]))


def _learned(method: Method, errors: np.ndarray) -> Reconciliation:
    if method == "bottom_up":
        return Reconciliation()
    variances = np.nanmean(errors**2, axis=1)
    variances = np.maximum(variances, 1e-12 * max(float(variances.max()), 1e-300))
    if method == "variances":
        return Reconciliation(method, variances)
    return Reconciliation(method, _shrunk(errors, variances))


def _shrunk(errors: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Return covariances whose correlations are shrunk by how uncertain they are."""
    count = errors.shape[1]
    standard = errors / np.sqrt(variances)[:, None]
    products = standard @ standard.T / count
    squares = (standard**2) @ (standard**2).T / count
    uncertain = (squares - products**2) / max(1, count - 1)
    apart = ~np.eye(len(errors), dtype=bool)
    total = float((products[apart] ** 2).sum())
    shrink = float(np.clip(uncertain[apart].sum() / total, 0.0, 1.0)) if total > 0 else 1.0
    correlations = np.where(apart, (1 - shrink) * products, 1.0)
    return correlations * np.sqrt(np.outer(variances, variances))
