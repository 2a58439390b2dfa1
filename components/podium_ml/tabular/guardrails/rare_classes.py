"""Classes with too few rows for the folds."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.errors import DataError
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.split import plan_folds
from podium_ml.values.labels import canonical_labels, label_text

# One row each for training, validation and testing.
_FEWEST = 3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop classes with too few rows for a split; report classes that are missing from some folds."""
    if context.target_type == "values":
        return guardrail.passed("Not checked: the target is numeric.")
    counts = context.classes
    tiny = counts[counts < _FEWEST]
    if context.target_type == "label_sets":
        return _check_labels(context, guardrail, counts, tiny)
    if len(tiny):
        return _drop_classes(context, guardrail, dict(tiny))
    _, folds = plan_folds(context, rows=len(context.table))
    few = counts[counts < folds]
    if len(few):
        names = name_list(label_text(label) for label in few.index)
        return guardrail.alert(
            f"Classes with fewer rows than folds ({folds}): {names}.",
            "They are missing from some folds, so their scores are uncertain.",
            columns=[context.settings.target],
            details=({"class": label_text(label), "rows": int(count)} for label, count in few.items()),
        )
    return guardrail.passed("Every class has enough rows for the folds.")


def _drop_classes(context: Context, guardrail: Guardrail, tiny: dict[object, int]) -> GuardrailResult:
    codes, labels = canonical_labels(context.target)
    keep = np.array([label not in tiny for label in labels])[codes]
    names = name_list(label_text(label) for label in tiny)
    left = len(context.classes) - len(tiny)
    if left < 2:
        raise DataError(
            f"'{context.settings.target}' has {'only one class' if left else 'no class'} with at least {_FEWEST} rows; "
            f"too small: {names}.",
            "Provide more rows of each class.",
        )
    context.keep_rows(keep)
    if context.task == "multiclass" and left == 2:
        context.task = "binary"
    return guardrail.alert(
        f"Classes with fewer than {_FEWEST} rows: {names}.",
        f"Their {int((~keep).sum())} rows were dropped: they are too few for training, validation and testing.",
        columns=[context.settings.target],
        details=({"class": label_text(label), "rows": int(count)} for label, count in tiny.items()),
    )


def _check_labels(
    context: Context, guardrail: Guardrail, counts: pd.Series, tiny: pd.Series
) -> GuardrailResult:
    """Leave out labels that too few rows have; the rows stay for the sake of their other labels."""
    if len(tiny) == len(counts):
        raise DataError(
            f"'{context.settings.target}' has no label with at least {_FEWEST} rows.",
            "Provide more rows of each label.",
        )
    if (counts[counts >= _FEWEST] == len(context.table)).all():
        raise DataError(
            f"Every row of '{context.settings.target}' has the same labels, so there is nothing to predict.",
            "Provide rows that have some of the labels only.",
        )
    if not len(tiny):
        return guardrail.passed("Every label has enough rows.")
    context.rare_labels = frozenset(map(str, tiny.index))
    return guardrail.alert(
        f"Labels with fewer than {_FEWEST} rows: {name_list(map(str, tiny.index))}.",
        "They are not learned; the rows stay for the sake of their other labels.",
        columns=[context.settings.target],
        details=({"label": str(label), "rows": int(count)} for label, count in tiny.items()),
    )


SPEC = Guardrail("rare_classes", "Rare classes", "table", 80, check)
