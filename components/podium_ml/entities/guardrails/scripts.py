"""Texts in several scripts."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.values.scripts import shares_of_scripts


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say which scripts texts are written in."""
    found = [f"{name} ({share:.0%})" for name, share in shares_of_scripts(context.train.texts).items()]
    if len(found) < 2:
        return guardrail.passed(
            f"Texts are written in one script: {found[0] if found else 'none that is known'}."
        )
    return guardrail.alert(
        f"Texts are written in several scripts: {', '.join(found)}.",
        "A model for each language may find more.",
    )


SPEC = Guardrail("scripts", "Scripts", "texts", 50, check)
