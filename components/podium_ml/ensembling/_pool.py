"""All models that an ensemble may be made of, with their out-of-fold predictions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.validation.folds import Folds, make_folds

_CROSS_FIT_FOLDS = 5


@dataclass(frozen=True)
class PoolMember:
    """One kept trial.

    Attributes:
        algorithm: Its branch.
        trial: Its number.
        score: Its out-of-fold score.
        best: Whether it is its branch's best.
    """

    algorithm: str
    trial: int
    score: float
    best: bool


@dataclass(frozen=True)
class Pool:
    """Kept trials of all branches that did not fail, best first.

    Attributes:
        members: The trials.
        oof: Their out-of-fold predictions on the rows that all of them predicted, shape ``(m, r, K)`` or ``(m, r)``.
        rows: Positions of these rows among the training rows, shape ``(r,)``.
        y: Targets of these rows.
        weight: Sample weights of these rows, or ``None``.
        folds: Splits of these rows for cross-fitting.
        metric: What ensembles are scored by.
        n_rows: Number of training rows.
    """

    members: tuple[PoolMember, ...]
    oof: np.ndarray
    rows: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    folds: Folds
    metric: Metric
    n_rows: int

    @classmethod
    def gather(cls, candidates: Sequence[str | Path], table: FeatureTable, *, problem: Problem) -> "Pool":
        """Read the candidates.

        Args:
            candidates: Their folders; failed ones are passed over.
            table: Features and target of the training rows.
            problem: The problem.
        """
        metric = resolve_metric(problem.metric, problem.task)
        found = [
            (
                PoolMember(candidate.algorithm, one.number, one.score, one is candidate.kept[0]),
                folder.load_oof(one.number),
            )
            for folder in map(CandidateFolder, candidates)
            for candidate in [folder.candidate]
            for one in candidate.kept
        ]
        found.sort(key=lambda pair: (-metric.utility(pair[0].score), pair[0].algorithm, pair[0].trial))
        oof = np.stack([predictions for _, predictions in found]) if found else np.empty((0, len(table.y)))
        known = ~np.isnan(oof).any(axis=tuple(axis for axis in range(oof.ndim) if axis != 1))
        rows = np.flatnonzero(known)
        return cls(
            members=tuple(member for member, _ in found),
            oof=oof[:, rows],
            rows=rows,
            y=table.y[rows],
            weight=None if table.weight is None else table.weight[rows],
            folds=cross_fit_folds(problem, table, rows) if len(rows) else [],
            metric=metric,
            n_rows=len(table.y),
        )

    def subset(self, positions: Sequence[int]) -> "Pool":
        """Return the pool of some members only."""
        chosen = list(positions)
        return replace(self, members=tuple(self.members[i] for i in chosen), oof=self.oof[chosen])

    def score(self, raw: np.ndarray, rows: np.ndarray | slice = slice(None)) -> float:
        """Score raw predictions for some of the pool's rows."""
        return self.metric.score(self.y[rows], raw, None if self.weight is None else self.weight[rows])

    def spread(self, raw: np.ndarray) -> np.ndarray:
        """Return predictions of the pool's rows as predictions of all training rows, NaN elsewhere."""
        spread = np.full((self.n_rows, *raw.shape[1:]), np.nan)
        spread[self.rows] = raw
        return spread


def cross_fit_folds(problem: Problem, table: FeatureTable, rows: np.ndarray) -> Folds:
    """Return splits of some rows on which what is fitted on predictions can be checked.

    Args:
        problem: The problem.
        table: Features and target.
        rows: Positions of the rows; the splits are of these.
    """
    y = table.y[rows]
    fewest = np.unique(y, return_counts=True)[1].min() if problem.is_classification else len(rows)
    count = int(max(2, min(_CROSS_FIT_FOLDS, fewest)))
    stratified = problem.is_classification and fewest >= count
    split = replace(
        problem, fold_strategy="stratified" if stratified else "shuffled", n_folds=count, n_repeats=1
    )
    group = None if table.group is None else table.group[rows]
    if group is not None and len(np.unique(group)) < count:
        group = None
    return make_folds(split, y=y, group=group)
