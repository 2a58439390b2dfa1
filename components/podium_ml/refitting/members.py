"""Refits the members of the chosen model on more rows."""

import statistics
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import ColumnChoice, FittedTrial, Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.kinds import KINDS
from podium_ml.metrics import problem_metric
from podium_ml.models import BaggedModel
from podium_ml.run.budget import Deadline
from podium_ml.selection.model_store import Contender, Key
from podium_ml.targets import sample_rows
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import Fitter, import_libraries
from podium_ml.training.interruption import OutOfTimeError, interrupted_at
from podium_ml.training.rounds import grown_rounds

# The refit may take longer than the first fit by this factor.
_SAFETY = 1.1
# A member that compresses its schedule claims this many times its seconds, because the machine may be busier now.
_MORE_IF_COMPRESSED = 2.0
# A member is rejected if its score falls by more than this share of the score and by more than this many standard
# deviations of its fold scores.
_WORST, _SPREADS = 0.15, 3.0
# Rows that suffice to notice a model that went wrong.
_CHECKED_ROWS = 5_000


class NotRefittedError(Exception):
    """The model was not refitted. The message gives the user the reason."""


def expected_seconds(chosen: Contender, *, rows: int, before: int) -> float:
    """Return the most seconds that a refit is expected to take.

    Args:
        chosen: The model.
        rows: Number of rows to train on.
        before: Number of rows that the model was first trained on.
    """
    return _SAFETY * chosen.fit_seconds * rows / max(1, before)


def refit_members(
    chosen: Contender,
    table: FeatureTable,
    *,
    problem: Problem,
    before: int,
    n_jobs: int,
    deadline: Deadline,
    seeds: Mapping[str, int],
) -> dict[Key, BaggedModel]:
    """Refit every member of a model on other rows, with the same parameters, columns and number of rounds.

    Args:
        chosen: The model.
        table: All rows.
        problem: The problem, with the new number of rows.
        before: Number of rows that the model was first trained on.
        n_jobs: Number of threads.
        deadline: When the refit must be done; each member gets a share in proportion to its first fit, and twice as
            much if it compresses its schedule.
        seeds: Most models with other seeds whose mean the members of an algorithm may become; one if it has none.

    Raises:
        NotRefittedError: A member failed, does not fit its own rows, or took too long.
    """
    models: dict[Key, BaggedModel] = {}
    algorithms = KINDS[problem.kind].algorithms
    encodings: dict[tuple[str, int, ColumnChoice], Encodings] = {}
    # Those that compress their schedule come first: the others complete theirs, however little is left afterwards.
    ordered = sorted(chosen.members.items(), key=lambda one: not algorithms[one[0][0]].compresses)
    claims = [_claim(algorithms[name], trial) for (name, _), trial in ordered]
    for place, ((name, number), trial) in enumerate(ordered):
        spec = algorithms[name]
        import_libraries(spec, problem)
        share = deadline.share(claims[place] / max(sum(claims[place:]), 1e-9))
        key = spec.needs, spec.max_rows, trial.columns
        chosen_table = replace(table, schema=trial.columns.of(table.schema))
        encodings.setdefault(key, Encodings(spec, chosen_table, problem=problem, folds=[], seed=problem.seed))
        fitter = Fitter(spec, trial.parameters, table, problem=problem, seed=problem.seed, n_jobs=n_jobs)
        try:
            with interrupted_at(deadline):
                fitted = fitter.fit_all(
                    encodings[key],
                    deadline=share.earlier(deadline),
                    rounds=grown_rounds(spec, trial.rounds, len(table.y) / before),
                    seeds=seeds.get(name, 1),
                    sharpness=trial.sharpness,
                )
        except OutOfTimeError:
            raise NotRefittedError(f"{name} took longer than the time limit leaves.") from None
        except Exception as error:
            what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise NotRefittedError(f"{name} failed: {what.rstrip('.')}.") from error
        _check(name, trial, fitted.model, table, problem=problem)
        models[name, number] = fitted.model
    return models


def _claim(spec: AlgorithmSpec, trial: FittedTrial) -> float:
    """Return what a member claims of the time: its seconds, and more if it would be worse where they do not suffice."""
    return trial.fit_seconds * (_MORE_IF_COMPRESSED if spec.compresses else 1.0)


def _check(
    algorithm: str, trial: FittedTrial, model: BaggedModel, table: FeatureTable, *, problem: Problem
) -> None:
    """Reject a model that predicts the rows it has learned from worse than the folds predicted unknown ones."""
    metric = problem_metric(problem)
    rows = sample_rows(np.arange(len(table.y)), np.arange(len(table.y)), most=_CHECKED_ROWS)
    known = table.of_rows(rows)
    score = metric.score(known.y, model.predict_raw(table.X.iloc[rows]), known.weight)
    spread = statistics.pstdev(trial.fold_scores) if trial.fold_scores else 0.0
    tolerated = max(_WORST * abs(trial.score), _SPREADS * spread)
    if not metric.utility(score) >= metric.utility(trial.score) - tolerated:
        raise NotRefittedError(
            f"{algorithm} scored worse than before ({metric.title} {score:.4g}, before {trial.score:.4g}), "
            "so the chosen model is kept."
        )
