"""Classes too small for the folds."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.errors import DataError
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.split import plan_folds
from podium_ml.targets.encoding import canonical
from podium_ml.targets.labels_of import label_text

# One row to learn from, one to check on and one to test on.
_FEWEST = 3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Leave out classes that cannot be on all sides of a split; point at those that are not in every fold."""
    if context.task == "regression":
        return guardrail.passed("A regression has no classes.")
    counts = context.classes
    tiny = counts[counts < _FEWEST]
    if len(tiny):
        return _leave_out(context, guardrail, dict(tiny))
    _, folds = plan_folds(context, rows=len(context.table))
    few = counts[counts < folds]
    if len(few):
        names = name_list(label_text(label) for label in few.index)
        return guardrail.alert(
            f"Classes with fewer rows than there are folds ({folds}): {names}.",
            "They are missing from some folds, so what is said of them is unsure.",
            columns=[context.settings.target],
            details=({"class": label_text(label), "rows": int(count)} for label, count in few.items()),
        )
    return guardrail.passed("Every class has enough rows for the folds.")


def _leave_out(context: Context, guardrail: Guardrail, tiny: dict[object, int]) -> GuardrailResult:
    keep = np.array([canonical(value) not in tiny for value in context.target])
    names = name_list(label_text(label) for label in tiny)
    left = len(context.classes) - len(tiny)
    if left < 2:
        raise DataError(
            f"Of the classes of '{context.settings.target}', {names} have fewer than {_FEWEST} rows, and "
            f"{'one is' if left else 'none is'} left.",
            "Give more rows of each class.",
        )
    context.keep_rows(keep)
    if context.task == "multiclass" and left == 2:
        context.task = "binary"
    return guardrail.alert(
        f"Classes with fewer than {_FEWEST} rows: {names}.",
        f"Their {int((~keep).sum())} rows were left out: they cannot be learned from, checked and tested.",
        columns=[context.settings.target],
        details=({"class": label_text(label), "rows": int(count)} for label, count in tiny.items()),
    )


SPEC = Guardrail("rare_classes", "Rare classes", "table", 80, check)
