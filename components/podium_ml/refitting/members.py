"""Training the chosen recipe again on more rows."""

import statistics

from podium_ml.contracts import FittedTrial, Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.metrics import resolve_metric
from podium_ml.models import BaggedModel
from podium_ml.run.budget import Deadline
from podium_ml.selection.model_store import Contender, Key
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.fit import fit_bag
from podium_ml.training.interruption import OutOfTimeError, interrupted_at

# Fitting again may take this much longer than it did.
_SAFETY = 1.3
# A member whose score falls by more than this share of it, and by more than its folds differ, is not trusted.
_WORST, _SPREADS = 0.15, 3.0


class NotRefittedError(Exception):
    """The recipe was not refitted; the text says why, in words for the user."""


def expected_seconds(chosen: Contender, *, rows: int, before: int) -> float:
    """Return how long a refit will take at most.

    Args:
        chosen: The model.
        rows: Number of rows to train on.
        before: Number of rows that it was trained on.
    """
    return _SAFETY * chosen.fit_seconds * rows / max(1, before)


def refit_members(
    chosen: Contender, table: FeatureTable, *, problem: Problem, n_jobs: int, deadline: Deadline
) -> dict[Key, BaggedModel]:
    """Fit every member of a model again, with the same parameters on folds of the new rows.

    Args:
        chosen: The model.
        table: All rows.
        problem: The problem, with the new number of rows.
        n_jobs: Threads.
        deadline: When to be done; each member gets a share by how long it took before.

    Raises:
        NotRefittedError: A member failed, came out much worse than before, or took too long.
    """
    folds = make_folds(problem, y=table.y, group=table.group, time=table.time)
    models: dict[Key, BaggedModel] = {}
    left = chosen.fit_seconds
    for (algorithm, number), trial in chosen.members.items():
        share = deadline.share(trial.fit_seconds / max(left, 1e-9))
        left -= trial.fit_seconds
        try:
            with interrupted_at(deadline):
                bag = fit_bag(
                    ALGORITHMS[algorithm],
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
    metric = resolve_metric(problem.metric, problem.task)
    spread = statistics.pstdev(trial.fold_scores) if trial.fold_scores else 0.0
    tolerated = max(_WORST * abs(trial.score), _SPREADS * spread)
    if metric.utility(score) < metric.utility(trial.score) - tolerated:
        raise NotRefittedError(
            f"{algorithm} came out worse than before ({metric.title} {score:.4g} after {trial.score:.4g}), "
            "so the chosen model is kept."
        )
