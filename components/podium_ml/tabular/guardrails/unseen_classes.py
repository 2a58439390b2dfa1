"""Test rows whose class does not occur in the training rows."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult, Problem
from podium_ml.errors import DataError
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.targets import encode_target
from podium_ml.values.label_sets import known_labels
from podium_ml.values.labels import distinct_labels


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop test rows whose class does not occur in the training rows, because no model can predict it.

    Raises:
        DataError: No test row is left.
    """
    problem, test = context.problem, context.test
    assert problem is not None
    if context.target_type == "values":
        return guardrail.passed("Not checked: the target is numeric.")
    if test is None or not len(test):
        return guardrail.passed("Not checked: there are no test rows.")
    if context.target_type == "label_sets":
        return _check_sets(test[problem.target], problem, guardrail)
    unseen = encode_target(test[problem.target], problem) < 0
    if not unseen.any():
        return guardrail.passed("Every class of the test rows also occurs in the training rows.")
    labels = distinct_labels(test[problem.target][unseen])
    names = name_list(map(str, labels))
    if unseen.all():
        raise DataError(
            f"No class of the test rows ({names}) occurs in the training rows.",
            f"Check that both spell the classes the same way.{_advice(labels, context)}",
        )
    context.test = test[~unseen].reset_index(drop=True)
    return guardrail.alert(
        f"Classes that occur only in test rows: {names}.",
        f"Their {int(np.sum(unseen))} test rows were dropped, because no model can predict these classes."
        f"{_advice(labels, context)}",
        columns=[problem.target],
    )


def _advice(labels: Iterable[object], context: Context) -> str:
    """Return the setting that unites spellings, if a label is another spelling of a known one."""
    other = [str(label) for label in labels if context.spellings.knows(label)]
    return f" Set unite_labels (--unite-labels) if {name_list(other)} is another spelling." if other else ""


def _check_sets(sets: pd.Series, problem: Problem, guardrail: Guardrail) -> GuardrailResult:
    """Report labels that no model can predict; the rows stay for the sake of their other labels."""
    unseen = sorted(set(known_labels(sets)) - set(map(str, problem.classes)))
    if not unseen:
        return guardrail.passed("Every label of the test rows also occurs in the training rows.")
    return guardrail.alert(
        f"Labels that occur only in test rows: {name_list(unseen)}.",
        "They are not predicted; the rows are scored by their other labels.",
        columns=[problem.target],
    )


SPEC = Guardrail("unseen_classes", "Classes only in the test rows", "split", 5, check)
