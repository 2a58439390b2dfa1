"""Boxes that cannot be."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.objects.validation.boxes import LEFT_OUT, STICKING_OUT
from podium_ml.objects.validation.context import Context

_MANY = 0.2


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Tell which boxes cannot be and were left out, and which were cut at the border of their picture."""
    tally, total = context.pictures.tally, sum(map(len, context.pictures.table[context.target]))
    gone = sum(tally.counts[what] for what in LEFT_OUT)
    cut = tally.counts[STICKING_OUT]
    if not gone and not cut:
        return guardrail.passed(f"All {total} objects lie within their pictures.")
    seen = f"{gone} of {total} objects cannot be: {tally.sentence(*LEFT_OUT)}." if gone else ""
    if cut:
        seen = f"{seen} {tally.sentence(STICKING_OUT)}.".strip()
    done = "Impossible objects are left out; boxes that stick out are cut at the border."
    found = guardrail.alert if gone + cut > _MANY * total else guardrail.fixed
    return found(seen, done, columns=[context.target])


SPEC = Guardrail("boxes", "Boxes", "objects", 10, check)
