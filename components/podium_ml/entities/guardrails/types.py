"""Types of spans, and those that are rare."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail, name_list

_FEW = 10


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count the spans of each type."""
    types = context.train.types
    shown = ", ".join(f"{name} ({count:,})" for name, count in types.most_common(12))
    more = f" and {len(types) - 12} more" if len(types) > 12 else ""
    details = [{"type": name, "spans": count} for name, count in types.most_common()]
    rare = [name for name, count in types.items() if count < _FEW]
    seen = f"{len(types)} types: {shown}{more}."
    if not rare:
        return guardrail.passed(seen, details=details)
    return guardrail.alert(
        f"{seen} Fewer than {_FEW} spans to learn from: {name_list(rare)}.",
        "Label more of these.",
        details=details,
    )


SPEC = Guardrail("types", "Types of spans", "spans", 10, check)
