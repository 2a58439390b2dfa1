"""How evenly the classes are spread."""

from podium_ml.contracts import GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.targets.labels_of import label_text

# Azure's measure: the smallest class has at most this share of the largest one's rows.
_UNBALANCED = 0.2


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare the smallest class with the largest."""
    if context.task == "regression":
        return guardrail.passed("A regression has no classes.")
    counts = context.classes
    ratio = counts.iloc[-1] / counts.iloc[0]
    smallest, largest = label_text(counts.index[-1]), label_text(counts.index[0])
    seen = f"The smallest class, {smallest}, has {counts.iloc[-1]} rows; the largest, {largest}, {counts.iloc[0]}."
    if ratio > _UNBALANCED:
        return guardrail.passed(seen)
    return guardrail.alert(
        seen,
        "Folds and test keep the proportions; algorithms also try weighting the classes. Accuracy misleads here.",
        columns=[context.settings.target],
        details=({"class": label_text(label), "rows": int(count)} for label, count in counts.items()),
    )


SPEC = Guardrail("class_balance", "Class balance", "table", 90, check)
