"""All models that an ensemble may be made of, with their out-of-fold predictions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.ensembling._cross_fit import cross_fit_folds
from podium_ml.metrics import Metric, resolve_metric
from podium_ml.splits.folds import Folds
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.choice import BASELINE

# The pool is cut to its best, and each branch's best: the rest would only cost time and memory.
_MOST_MEMBERS = 25


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
    """The best kept trials of all branches that did not fail, best first.

    The baseline is left out where there is any other: it says nothing of a row, but a ranking metric, which does not
    see how far predictions are shrunk, may let it drown the others.

    Attributes:
        members: The trials.
        oof: Their out-of-fold predictions on the rows that all of them predicted, shape ``(m, r, K)`` or ``(m, r)``.
        rows: Positions of these rows among the training rows, shape ``(r,)``.
        y: Targets of these rows.
        weight: Sample weights of these rows, or ``None``.
        folds: Splits of these rows for cross-fitting; none where there are too few rows.
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
        folders = {(one := CandidateFolder(path)).candidate.algorithm: one for path in candidates}
        members = _best_members(folders.values(), metric)
        found = [folders[one.algorithm].load_oof(one.trial) for one in members]
        oof = np.stack(found) if found else np.empty((0, len(table.y)))
        known = ~np.isnan(oof).any(axis=tuple(axis for axis in range(oof.ndim) if axis != 1))
        rows = np.flatnonzero(known)
        return cls(
            members=tuple(members),
            oof=oof[:, rows],
            rows=rows,
            y=table.y[rows],
            weight=None if table.weight is None else table.weight[rows],
            folds=cross_fit_folds(problem, table, rows),
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


def _best_members(folders: Iterable[CandidateFolder], metric: Metric) -> list[PoolMember]:
    """Return the best trials of all, best first; a branch's best trial comes before any branch's second."""
    members = [
        PoolMember(candidate.algorithm, one.number, one.score, one is candidate.kept[0])
        for candidate in (folder.candidate for folder in folders)
        for one in candidate.kept
    ]

    def rank(one: PoolMember) -> tuple[float, str, int]:
        return -metric.utility(one.score), one.algorithm, one.trial

    members = [one for one in members if one.algorithm != BASELINE] or members
    members.sort(key=lambda one: (not one.best, rank(one)))
    return sorted(members[:_MOST_MEMBERS], key=rank)
