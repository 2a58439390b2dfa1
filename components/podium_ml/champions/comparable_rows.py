"""The rows that two models can be compared on, and whether they are enough."""

import numpy as np
import pandas as pd

from podium_ml.champions.folder import ChampionFolder
from podium_ml.champions.seen_rows import unseen
from podium_ml.champions.units import Units, find_units
from podium_ml.contracts import Champion, Problem
from podium_ml.metrics import Metric
from podium_ml.targets import Target, target_of
from podium_ml.values.hashes import copy_codes, row_hashes
from podium_ml.values.labels import canonical
from podium_ml.values.row_roles import read_groups, read_times

FEWEST_ROWS = 30
# With fewer rows of the rarer class, fewer groups or fewer blocks of time, chance decides.
_FEWEST_UNITS = 10
# Metrics of several classes that give each class the same weight, however rare it is.
_EQUAL_WEIGHTS = ("_macro", "balanced_accuracy", "label_roc_auc", "label_average_precision")


class NotComparableError(Exception):
    """The models cannot be compared. The message gives the user the reason."""


def known_rows(test: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return the test rows whose target the problem knows.

    Raises:
        NotComparableError: There are too few.
    """
    if len(test):
        target = target_of(problem)
        test = test[target.known(target.encode(test[problem.target], problem))].reset_index(drop=True)
    if not len(test):
        raise NotComparableError("There are no test rows to compare models on.")
    if len(test) < FEWEST_ROWS:
        count = "1 test row" if len(test) == 1 else f"{len(test)} test rows"
        raise NotComparableError(f"There are only {count}; at least {FEWEST_ROWS} are needed.")
    return test


def new_rows(
    test: pd.DataFrame, problem: Problem, champion: Champion, folder: ChampionFolder
) -> tuple[pd.DataFrame, int]:
    """Return the test rows that neither model was trained on, and the number of rows left out.

    Raises:
        NotComparableError: The models answer different questions, or there are too few new rows.
    """
    theirs = champion.problem
    check_same_question(problem, theirs)
    if missing := [one.name for one in theirs.features if one.required and one.name not in test.columns]:
        names = ", ".join(f"'{name}'" for name in missing[:5])
        raise NotComparableError(
            f"The new rows are missing {names}, which the champion needs to predict them."
        )
    seen = folder.seen_rows
    if seen is None:
        raise NotComparableError("The rows that the champion was trained on are unknown.")
    if len(test):
        target = target_of(problem)
        test = test[target.known(target.encode(test[problem.target], problem))]
    new = unseen(test, theirs, seen) if len(test) else np.zeros(0, dtype=bool)
    rows = test[new].reset_index(drop=True)
    if len(rows) < FEWEST_ROWS:
        words = {0: "No test row is", 1: "Only 1 test row is"}
        count = words.get(len(rows), f"Only {len(rows)} test rows are")
        raise NotComparableError(f"{count} new to the champion; at least {FEWEST_ROWS} are needed.")
    _check_classes(rows, test, problem)
    return rows, int(len(new) - new.sum())


def check_same_question(problem: Problem, theirs: Problem) -> None:
    """Refuse to compare models that predict different things.

    Raises:
        NotComparableError: They do.
    """
    if theirs.target != problem.target or target_of(theirs) is not target_of(problem):
        raise NotComparableError(f"The champion predicts something else: '{theirs.target}' ({theirs.task}).")
    if set(map(canonical, theirs.classes)) != set(map(canonical, problem.classes)):
        shown = ", ".join(str(label) for label in theirs.classes[:10])
        raise NotComparableError(f"The champion was trained on other classes: {shown}.")


def _check_classes(rows: pd.DataFrame, test: pd.DataFrame, problem: Problem) -> None:
    """Refuse new rows without any example of a class that occurs in the test rows.

    The test rows are the standard, because a rare class may occur in no test row at all.
    """
    target = target_of(problem)
    known, wanted = (_strata(target.encode(part[problem.target], problem), target) for part in (rows, test))
    if not wanted:
        return
    if missing := sorted(wanted - known):
        names = ", ".join(f"'{problem.classes[code]}'" for code in missing if code < len(problem.classes))
        raise NotComparableError(f"The new rows contain no example of class {names}, so the champion stays.")
    if len(known) < 2:
        raise NotComparableError("The new rows contain only one class, so the champion stays.")


def _strata(y: np.ndarray, target: Target) -> set[int]:
    strata = target.strata(y)
    return set() if strata is None else set(strata.tolist())


def units_of(rows: pd.DataFrame, y: np.ndarray, problem: Problem) -> Units:
    """Return what is drawn as a whole: series, groups, blocks of time, copies of a row, or rows.

    A few series are too few to draw, so blocks of time are drawn instead.
    """
    group = time = None
    if problem.series is not None and problem.time_column:
        time = read_times(rows[problem.time_column])
        if problem.group_column and rows[problem.group_column].nunique() >= _FEWEST_UNITS:
            group = read_groups(rows[problem.group_column])
        return find_units(len(rows), strata=None, group=group, time=time, noun="series")
    if problem.group_column:
        group = read_groups(rows[problem.group_column])
    elif problem.time_column:
        time = read_times(rows[problem.time_column])
    elif problem.copies_together:
        group = copy_codes(row_hashes(rows, [column.name for column in problem.features]))
    return find_units(len(rows), strata=target_of(problem).strata(y), group=group, time=time)


def count_fewest(y: np.ndarray, units: Units, problem: Problem, metric: Metric) -> int:
    """Return how many units the comparison rests on: all, or the rows of the rarer class if these are fewer.

    For more than two classes, these are the rows outside the largest class, unless the metric gives each class the same
    weight.

    Raises:
        NotComparableError: There are fewer than ten.
    """
    if units.count < _FEWEST_UNITS:
        raise NotComparableError(
            f"The test rows form only {units.count} {units.noun}; at least {_FEWEST_UNITS} are needed."
        )
    strata = target_of(problem).strata(y)
    if strata is None:
        return units.count
    counts = y.sum(axis=0) if y.ndim == 2 else np.unique(strata, return_counts=True)[1]
    equal = len(counts) == 2 or metric.name.endswith(_EQUAL_WEIGHTS)
    rare = int(counts.min() if equal else counts.sum() - counts.max())
    if rare < _FEWEST_UNITS:
        which = "the rarest class" if len(counts) > 2 and equal else "the rarer class"
        which = "classes other than the largest" if not equal else which
        raise NotComparableError(
            f"Only {rare} of the test rows are of {which}; at least {_FEWEST_UNITS} are needed to tell a better model"
            " from a lucky one."
        )
    return min(units.count, rare)
