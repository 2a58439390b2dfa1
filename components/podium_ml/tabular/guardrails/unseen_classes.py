"""Test rows of classes that the training rows do not have."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.errors import DataError
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.targets.encoding import encode_target
from podium_ml.targets.labels_of import distinct_labels


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Leave out test rows whose class nobody could have learned: no model could be right about them.

    Raises:
        DataError: No test row is left.
    """
    problem, test = context.problem, context.test
    assert problem is not None
    if context.task == "regression":
        return guardrail.passed("A regression has no classes.")
    if test is None or not len(test):
        return guardrail.passed("There are no test rows.")
    unseen = encode_target(test[problem.target], problem) < 0
    if not unseen.any():
        return guardrail.passed("Every class of the test rows was there to learn.")
    labels = distinct_labels(test[problem.target][unseen])
    names = name_list(map(str, labels))
    if unseen.all():
        raise DataError(
            f"No class of the test rows ({names}) occurs in the training rows.", "Do both write it the same?"
        )
    context.test = test[~unseen].reset_index(drop=True)
    return guardrail.alert(
        f"Classes that only test rows have: {names}.",
        f"Their {int(np.sum(unseen))} test rows were left out: nobody could have learned them.",
        columns=[problem.target],
    )


SPEC = Guardrail("unseen_classes", "Classes that only the test has", "split", 5, check)
