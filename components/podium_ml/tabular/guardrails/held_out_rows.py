"""What the test rows and the folds can judge."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult, Problem
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.metrics import problem_metric
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.split_checks import perfect_predictions
from podium_ml.targets import encode_target
from podium_ml.values.plain_text import plain_texts
from podium_ml.values.row_roles import last_times, read_groups, read_times, read_weights

# On fewer test rows, or fewer of a class, one row more or less changes the score too much.
_FEWEST_ROWS, _FEWEST_OF_A_CLASS = 10, 5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report what the test cannot judge, and settings that the split cannot follow; the data is not changed."""
    problem, test = context.problem, context.test
    assert problem is not None
    assert test is not None
    counts = _test_counts(test, problem)
    found = [*_about_folds(context, problem), *_about_test(test, problem, counts), *_about_own_test(context)]
    if not found:
        return guardrail.passed("The test rows and the folds can judge the models.")
    return guardrail.alert(
        " ".join(found),
        columns=[problem.target],
        details=({"class": name, "test rows": rows} for name, rows in counts.items()),
    )


def _test_counts(test: pd.DataFrame, problem: Problem) -> dict[str, int]:
    """Return the number of test rows of each class or label; empty for values."""
    if problem.target_type == "values" or not len(test):
        return {}
    y = encode_target(test[problem.target], problem)
    counts = y.sum(axis=0) if y.ndim == 2 else np.bincount(y[y >= 0], minlength=len(problem.classes))
    return {str(label): int(count) for label, count in zip(problem.classes, counts, strict=True)}


def _about_test(test: pd.DataFrame, problem: Problem, counts: dict[str, int]) -> Iterator[str]:
    if not len(test):
        return
    if len(test) < _FEWEST_ROWS:
        yield f"The test has only {_rows(len(test))}, so its scores say little."
    what = "label" if problem.target_type == "label_sets" else "class"
    if absent := [name for name, count in counts.items() if not count]:
        yield f"No test row has the {what} {name_list(absent)}, so the test cannot judge how well it is predicted."
    if few := [name for name, count in counts.items() if 0 < count < _FEWEST_OF_A_CLASS]:
        rows = _rows(max(counts[name] for name in few))
        yield f"The test holds at most {rows} of the {what} {name_list(few)}: too few to judge how it is predicted."
    metric, y = problem_metric(problem), encode_target(test[problem.target], problem)
    weight = read_weights(test[problem.weight_column]) if problem.weight_column else None
    known = y >= 0 if problem.target_type == "labels" else np.ones(len(y), dtype=bool)
    perfect = perfect_predictions(y[known], problem)
    if np.isnan(metric.score(y[known], perfect, None if weight is None else weight[known])):
        yield f"{metric.title} is undefined on the test rows."


def _about_folds(context: Context, problem: Problem) -> Iterator[str]:
    settings, table = context.settings, context.table
    possible = problem.n_folds
    if problem.time_column:
        times = read_times(table[problem.time_column])
        if problem.group_column:
            times = last_times(times, read_groups(table[problem.group_column]))
        possible = len(np.unique(times)) - 1
        if possible < 1:
            yield f"All training rows have the same '{problem.time_column}', so the folds are drawn at random."
            return
    if settings.folds != "auto" and possible < int(settings.folds):
        yield f"{settings.folds} folds were asked for, but the training rows allow only {possible}."


def _about_own_test(context: Context) -> Iterator[str]:
    settings, table, test = context.settings, context.table, context.test
    if not context.separate_test or test is None:
        return
    if settings.test_fraction != "auto":
        yield "test_fraction has no effect, because there is separate test data."
    if (name := settings.group_column) and name in test:
        groups = set(plain_texts(test[name])[1])
        if shared := groups & set(plain_texts(table[name])[1]):
            yield (
                f"{len(shared)} of {len(groups)} groups of the test rows also occur in the training rows,"
                " so the test does not show how well new groups are predicted."
            )
    if name := settings.time_column:
        train, times = np.split(read_times(pd.concat([table[name], test[name]])), [len(table)])
        if len(times) and (early := float((times < train.max()).mean())):
            yield f"{early:.0%} of the test rows are earlier than the latest training row in '{name}'."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


SPEC = Guardrail("held_out_rows", "Test rows and folds", "split", 7, check)
