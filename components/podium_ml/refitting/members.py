"""Refits the members of the chosen model on more rows."""

import statistics

from podium_ml.contracts import FittedTrial, Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds import KINDS
from podium_ml.metrics import problem_metric
from podium_ml.models import BaggedModel
from podium_ml.run.budget import Deadline
from podium_ml.selection.model_store import Contender, Key
from podium_ml.splits.folds import make_folds
from podium_ml.training.fit import fit_bag
from podium_ml.training.interruption import OutOfTimeError, interrupted_at

# The refit may take longer than the first fit by this factor.
_SAFETY = 1.3
# A member is rejected if its score falls by more than this share of the score and by more than this many standard
# deviations of its fold scores.
_WORST, _SPREADS = 0.15, 3.0


class NotRefittedError(Exception):
    """The model was not refitted. The message gives the user the reason."""


def expected_seconds(chosen: Contender, *, rows: int, before: int) -> float:
    """Return the maximum number of seconds that a refit is expected to take.

    Args:
        chosen: The model.
        rows: Number of rows to train on.
        before: Number of rows that the model was first trained on.
    """
    return _SAFETY * chosen.fit_seconds * rows / max(1, before)


def refit_members(
    chosen: Contender, table: FeatureTable, *, problem: Problem, n_jobs: int, deadline: Deadline
) -> dict[Key, BaggedModel]:
    """Refit every member of a model with the same parameters, on folds of the new rows.

    Args:
        chosen: The model.
        table: All rows.
        problem: The problem, with the new number of rows.
        n_jobs: Number of threads.
        deadline: When the refit must be done; each member gets a share in proportion to its first fit.

    Raises:
        NotRefittedError: A member failed, scored much worse than before, or took too long.
    """
    folds = make_folds(problem, y=table.y, group=table.group, time=table.time)
    models: dict[Key, BaggedModel] = {}
    algorithms = KINDS[problem.kind].algorithms
    left = chosen.fit_seconds
    for (algorithm, number), trial in chosen.members.items():
        share = deadline.share(trial.fit_seconds / max(left, 1e-9))
        left -= trial.fit_seconds
        try:
            with interrupted_at(deadline):
                bag = fit_bag(
                    algorithms[algorithm],
                    trial.parameters,
                    table,
                    problem=problem,
                    folds=folds,
                    seed=problem.seed,
                    n_jobs=n_jobs,
                    deadline=share.earlier(deadline),
                )
        except OutOfTimeError:
            raise NotRefittedError(f"{algorithm} took longer than the time limit leaves.") from None
        except Exception as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise NotRefittedError(f"{algorithm} failed: {what.rstrip('.')}.") from error
        _check(algorithm, trial, bag.score, problem=problem)
        models[algorithm, number] = bag.model
    return models


def _check(algorithm: str, trial: FittedTrial, score: float, *, problem: Problem) -> None:
    metric = problem_metric(problem)
    spread = statistics.pstdev(trial.fold_scores) if trial.fold_scores else 0.0
    tolerated = max(_WORST * abs(trial.score), _SPREADS * spread)
    if metric.utility(score) < metric.utility(trial.score) - tolerated:
        raise NotRefittedError(
            f"{algorithm} scored worse than before ({metric.title} {score:.4g}, before {trial.score:.4g}), "
            "so the chosen model is kept."
        )
