"""Texts whose characters were damaged when they were written in the wrong encoding."""

import re

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail

# UTF-8 that was read as Latin-1 or Windows-1252, and the replacement character.
_DAMAGED = re.compile("\ufffd|[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac[\u0080-\u02dc\u201c-\u2122]")


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count texts with traces of damage."""
    damaged = [text for text in context.train.texts if _DAMAGED.search(text)]
    if not damaged:
        return guardrail.passed("No text shows traces of a wrong encoding.")
    found = _DAMAGED.search(damaged[0])
    assert found is not None
    return guardrail.alert(
        f"{len(damaged):,} texts show traces of a wrong encoding, such as {found.group()!r}.",
        "Write the data again as UTF-8; models learn the damaged characters.",
    )


SPEC = Guardrail("damaged_texts", "Damaged characters", "texts", 40, check)
