"""The balance of the classes."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context
from podium_ml.values.labels import label_text

# Azure's criterion: classes are unbalanced if the smallest has at most this share of the largest one's rows.
_UNBALANCED = 0.2


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare the smallest class with the largest."""
    if context.target_type == "values":
        return guardrail.passed("Not checked: the target is numeric.")
    counts = context.classes
    ratio = counts.iloc[-1] / counts.iloc[0]
    smallest, largest = label_text(counts.index[-1]), label_text(counts.index[0])
    seen = (
        f"The smallest class, {smallest}, has {counts.iloc[-1]} rows; "
        f"the largest, {largest}, has {counts.iloc[0]}."
    )
    if ratio > _UNBALANCED:
        return guardrail.passed(seen)
    return guardrail.alert(
        seen,
        "Algorithms also try class weights. Accuracy is misleading here.",
        columns=[context.settings.target],
        details=({"class": label_text(label), "rows": int(count)} for label, count in counts.items()),
    )


SPEC = Guardrail("class_balance", "Class balance", "table", 90, check)
