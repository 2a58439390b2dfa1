"""Compares contenders on the rows that all of them have predicted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts import Problem
from podium_ml.contracts.out_of_fold import OutOfFold, common_rows
from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer
from podium_ml.evaluation.intervals import ONE_STANDARD_ERROR
from podium_ml.evaluation.ties import tied_with_best
from podium_ml.metrics import problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.targets import Corrections, target_of

# Models further down the leaderboard are hardly ever as good as the best one.
_MOST_COMPARED = 10


@dataclass(frozen=True)
class Comparison:
    """How contenders compare.

    Attributes:
        corrections: What serves the metric best, by contender, with its cross-fitted out-of-fold score.
        tied: Contenders that differ from the best one by less than chance, the best first.
        near: Those of them that differ by less than one standard error.
    """

    corrections: dict[str, Corrections]
    tied: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    def score(self, name: str) -> float:
        """Return the score of a contender."""
        return self.corrections[name].score


def compare(
    oof: Mapping[str, OutOfFold], targets: Targets, *, problem: Problem, deadline: Deadline
) -> Comparison:
    """Score all contenders alike: on the same rows, and each with its own best decisions.

    Args:
        oof: Out-of-fold predictions by name of the contender.
        targets: Targets of the training rows.
        problem: The problem.
        deadline: When to stop looking for ties.
    """
    if not oof:
        return Comparison({})
    rows = common_rows(oof.values())
    known, metric = targets.of_rows(rows), problem_metric(problem)
    target, folds = target_of(problem), cross_fit_folds(problem, targets, rows)
    found = {
        name: target.adjust(one.at(rows), known, problem=problem, metric=metric, folds=folds)
        for name, one in oof.items()
    }
    scored = [name for name, one in found.items() if np.isfinite(one.score)]
    first = sorted(scored, key=lambda name: -metric.utility(found[name].score))
    answers = {
        name: Answer(found[name].apply(oof[name].at(rows), known), found[name].threshold)
        for name in first[:_MOST_COMPARED]
    }
    tied = tied_with_best(answers, known, metric, seed=problem.seed, deadline=deadline)
    near = tied_with_best(
        {name: answers[name] for name in tied},
        known,
        metric,
        seed=problem.seed,
        deadline=deadline,
        level=ONE_STANDARD_ERROR,
    )
    return Comparison(found, tied, near)
