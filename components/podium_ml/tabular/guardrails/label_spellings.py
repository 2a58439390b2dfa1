"""Labels that are written in several ways."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.validation.context import Context

_SHOWN = 5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report labels that are spellings of one, such as "Yes" and "yes "; they were united if the user asked for it."""
    spellings = context.spellings
    if context.target_type == "values":
        return guardrail.passed("Not checked: the target is numeric.")
    if not spellings.groups:
        return guardrail.passed("No two classes are spellings of one.")
    columns = [context.settings.target]
    details = [
        {"spelling": label, "rows": count} for group in spellings.groups for label, count in group.items()
    ]
    seen = f"Classes that are probably spellings of one: {spellings.describe(most=_SHOWN)}."
    if context.settings.unite_labels:
        return guardrail.fixed(
            seen, "Each counts as one class, by its first spelling.", columns=columns, details=details
        )
    return guardrail.alert(
        seen,
        "Each spelling counts as a class of its own. Set unite_labels (--unite-labels) to make them one.",
        columns=columns,
        details=details,
    )


SPEC = Guardrail("label_spellings", "Spelling of the classes", "table", 75, check)
