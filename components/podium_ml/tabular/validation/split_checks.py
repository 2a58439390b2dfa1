"""Checks that the split leaves enough to learn from and to compare models by."""

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.errors import DataError, SettingsError
from podium_ml.metrics import problem_metric
from podium_ml.splits.folds import make_folds
from podium_ml.targets import encode_target, target_of
from podium_ml.values.row_roles import read_groups, read_times, read_weights

_FEWEST_TRAINING_ROWS = 5


def check_split(train: pd.DataFrame, test: pd.DataFrame, problem: Problem) -> None:
    """Refuse splits on which no model could be trained, compared or tested.

    Models are compared on the folds of the training rows, so the folds are made here as training makes them.

    Args:
        train: The training rows.
        test: The test rows; may be empty.
        problem: The problem.

    Raises:
        DataError: No fold has anything to learn from, the metric is undefined on the validation rows, or the weights
            of a part are all zero.
        SettingsError: Too few rows are left to learn from.
    """
    if len(train) < _FEWEST_TRAINING_ROWS:
        rows = "1 row is" if len(train) == 1 else f"{len(train)} rows are"
        raise SettingsError(
            f"Only {rows} left to learn '{problem.target}' from: the test takes {len(test)}.",
            "Set a smaller test_fraction.",
        )
    targets = training_targets(train, problem)
    if problem.weight_column and len(test) and not read_weights(test[problem.weight_column]).sum() > 0:
        _refuse_weights(problem, "test")
    folds = make_folds(problem, y=targets.y, group=targets.group, time=targets.time)
    _check_learning(folds, targets, problem)
    _check_scoring(folds, targets, problem)


def training_targets(train: pd.DataFrame, problem: Problem) -> Targets:
    """Return what the folds of the training rows depend on; copies of a row are not grouped."""
    weight, group, time = (
        None if name is None else read(train[name])
        for name, read in (
            (problem.weight_column, read_weights),
            (problem.group_column, read_groups),
            (problem.time_column, read_times),
        )
    )
    return Targets(y=encode_target(train[problem.target], problem), weight=weight, group=group, time=time)


def perfect_predictions(y: np.ndarray, problem: Problem) -> np.ndarray:
    """Return what a perfect model predicts: one column a class or label, or the values themselves."""
    raw = target_of(problem).zeros(len(y), problem)
    if raw.ndim == y.ndim:
        return y.astype(np.float64)
    raw[np.arange(len(y)), y] = 1.0
    return raw


def _check_learning(folds: Folds, targets: Targets, problem: Problem) -> None:
    target = target_of(problem)
    for train, valid in folds:
        if not target.teaches(targets.y[train]):
            raise DataError(
                f"Split {_how(problem)}, the rows to learn from hold only one value of '{problem.target}'.",
                f"{_without(problem)}, or provide rows in which its values are mixed.",
            )
        if targets.weight is not None:
            for rows, name in ((train, "training"), (valid, "validation")):
                if not targets.weight[rows].sum() > 0:
                    _refuse_weights(problem, name)


def _check_scoring(folds: Folds, targets: Targets, problem: Problem) -> None:
    metric = problem_metric(problem)
    scored = targets.of_rows(np.concatenate([valid for _, valid in folds]))
    if np.isnan(metric.score(scored.y, perfect_predictions(scored.y, problem), scored.weight)):
        raise DataError(
            f"Split {_how(problem)}, the rows to compare models on do not define {metric.title}:"
            f" they may hold only one value of '{problem.target}'.",
            f"{_without(problem)}, or choose another metric.",
        )


def _refuse_weights(problem: Problem, rows: str) -> None:
    raise DataError(
        f"Weight column '{problem.weight_column}': split {_how(problem)}, all weights of {rows} rows are 0.",
        "Give weights above 0 to some of them, or leave the weight column out.",
    )


def _without(problem: Problem) -> str:
    column = "time" if problem.time_column else "group" if problem.group_column else "weight"
    return f"Leave the {column} column out"


def _how(problem: Problem) -> str:
    if problem.time_column:
        return f"in the order of '{problem.time_column}'"
    return f"by the groups of '{problem.group_column}'" if problem.group_column else "at random"
