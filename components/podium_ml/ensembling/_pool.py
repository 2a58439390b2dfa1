"""The models that an ensemble can consist of, with their out-of-fold predictions."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.out_of_fold import OutOfFold, common_rows
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.ensembling._budget import Costs
from podium_ml.metrics import Metric, problem_metric
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.splits.decided import decided_score
from podium_ml.targets import Target, target_of
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.choice import BASELINE

# The pool keeps only its best models and the best of each branch. The others would only cost time and memory.
_MOST_MEMBERS = 60
# Numbers that the predictions of all members may have; of more, the rows of a random part of the groups are kept.
_MOST_NUMBERS = 250_000_000


@dataclass(frozen=True)
class PoolMember:
    """One kept trial.

    Attributes:
        algorithm: Branch of the trial.
        trial: Number of the trial.
        score: Out-of-fold score.
        best: Whether the trial is the best of its branch.
        costs: What its model costs.
    """

    algorithm: str
    trial: int
    score: float
    best: bool
    costs: Costs = field(default_factory=Costs)


@dataclass(frozen=True)
class Pool:
    """The best kept trials of all branches that did not fail, best first.

    A baseline that predicts the same for every row is included only if there is no other member. A ranking metric does
    not notice that averaging with a constant shrinks the predictions, so the baseline could get too large a weight.

    Attributes:
        members: The trials.
        oof: Out-of-fold predictions on the rows that all members predicted, shape ``(m, r, ...)``.
        rows: Positions of these rows among the training rows, shape ``(r,)``.
        y: Targets of these rows.
        weight: Sample weights of these rows, or ``None``.
        folds: Splits of these rows for cross-fitting; empty if there are too few rows.
        metric: Metric that ensembles are scored by.
        target: Type of target.
        n_rows: Number of training rows.
        problem: The problem; without it, ensembles are compared by the plain metric.
        group: Groups of these rows, or ``None``.
        time: Times of these rows, or ``None``.
    """

    members: tuple[PoolMember, ...]
    oof: np.ndarray
    rows: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None
    folds: Folds
    metric: Metric
    target: Target
    n_rows: int
    problem: Problem | None = None
    group: np.ndarray | None = None
    time: np.ndarray | None = None

    @classmethod
    def gather(cls, candidates: Sequence[str | Path], targets: Targets, *, problem: Problem) -> "Pool":
        """Read the candidates.

        Args:
            candidates: Folders of the candidates; failed ones are skipped.
            targets: Targets of the training rows.
            problem: The problem.
        """
        metric = problem_metric(problem)
        folders = {(one := CandidateFolder(path)).candidate.algorithm: one for path in candidates}
        members = _best_members(folders.values(), metric, baseline=target_of(problem).naive_baseline)
        predictions = [folders[one.algorithm].load_oof(one.trial) for one in members]
        rows = (
            _sampled(common_rows(predictions), targets, predictions) if predictions else np.empty(0, np.int64)
        )
        oof = np.stack([one.at(rows) for one in predictions]) if predictions else np.empty((0, 0))
        known = targets.of_rows(rows)
        return cls(
            members=tuple(members),
            oof=oof,
            rows=rows,
            y=known.y,
            weight=known.weight,
            folds=cross_fit_folds(problem, targets, rows),
            metric=metric,
            target=target_of(problem),
            n_rows=len(targets.y),
            problem=problem,
            group=known.group,
            time=known.time,
        )

    @property
    def targets(self) -> Targets:
        """The targets of the pool's rows."""
        return Targets(y=self.y, weight=self.weight, group=self.group, time=self.time)

    def subset(self, positions: Sequence[int]) -> "Pool":
        """Return a pool of only some of the members."""
        chosen = list(positions)
        return replace(self, members=tuple(self.members[i] for i in chosen), oof=self.oof[chosen])

    def weight_of(self, rows: np.ndarray) -> np.ndarray | None:
        """Return the sample weights of some rows to learn from; ``None`` if there are none, or if all are zero."""
        return None if self.weight is None or not self.weight[rows].any() else self.weight[rows]

    def score(self, raw: np.ndarray, rows: np.ndarray | slice = slice(None)) -> float:
        """Score raw predictions for some of the pool's rows."""
        return self.metric.score(self.y[rows], raw, None if self.weight is None else self.weight[rows])

    @property
    def n_outputs(self) -> int:
        """Number of columns of a raw prediction."""
        return 1 if self.problem is None else self.problem.n_outputs

    @property
    def tunes_classes(self) -> bool:
        """Whether thresholds of classes are tuned for the metric."""
        tuned = self.problem is not None and self.target.tunes(self.problem, self.metric)
        return tuned and self.target.name == "labels"

    def decided_score(self, oof: np.ndarray) -> float:
        """Return the score that ensembles are compared by, of predictions with NaN for rows without any."""
        if self.problem is None:
            return self.score(oof)
        return decided_score(oof, self.targets, problem=self.problem)

    def out_of_fold(self, raw: np.ndarray) -> OutOfFold:
        """Return predictions of the pool's rows, NaN for rows without any, as those of training rows."""
        known = OutOfFold.of(raw)
        return OutOfFold(self.rows[known.rows], known.values, self.n_rows)


def _sampled(rows: np.ndarray, targets: Targets, predictions: Sequence[OutOfFold]) -> np.ndarray:
    """Return as many of some rows as there is room for; what belongs together stays together."""
    width = len(predictions) * math.prod(predictions[0].values.shape[1:])
    if len(rows) * width <= _MOST_NUMBERS:
        return rows
    units = rows if targets.group is None else targets.group[rows]
    codes, unit = np.unique(units, return_inverse=True)
    chosen = np.random.default_rng(0).random(len(codes)) < _MOST_NUMBERS / (len(rows) * width)
    return rows[chosen[unit]]


def _best_members(
    folders: Iterable[CandidateFolder], metric: Metric, *, baseline: bool = False
) -> list[PoolMember]:
    """Return the best trials of all branches, best first. The best trial of a branch is kept before any second-best."""
    members = [
        PoolMember(candidate.algorithm, one.number, one.score, one is candidate.kept[0], Costs.of(one))
        for candidate in (folder.candidate for folder in folders)
        for one in candidate.kept
    ]

    def rank(one: PoolMember) -> tuple[float, str, int]:
        return -metric.utility(one.score), one.algorithm, one.trial

    members = [one for one in members if baseline or one.algorithm != BASELINE] or members
    members.sort(key=lambda one: (not one.best, rank(one)))
    return sorted(members[:_MOST_MEMBERS], key=rank)
