"""The balance of the classes."""

from collections import Counter

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.encoding import objects_of
from podium_ml.objects.validation.context import Context

_FEWEST, _UNBALANCED = 10, 0.05


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find classes with few objects."""
    codes = Counter(one["c"] for cell in context.train[context.target] for one in objects_of(cell))
    counts = {name: codes.get(at, 0) for at, name in enumerate(context.pictures.names)}
    shown = ", ".join(f"{count} {name}" for name, count in Counter(counts).most_common(10))
    seen = f"The training pictures hold {shown}."
    rare = [
        name for name, count in counts.items() if count < max(_FEWEST, _UNBALANCED * max(counts.values()))
    ]
    if not rare:
        return guardrail.passed(seen)
    return guardrail.alert(
        seen,
        f"Few objects of {', '.join(rare[:5])}: their scores are uncertain. Add pictures with them.",
        details=({"class": name, "objects": count} for name, count in counts.items()),
    )


SPEC = Guardrail("class_balance", "Class balance", "objects", 50, check)
