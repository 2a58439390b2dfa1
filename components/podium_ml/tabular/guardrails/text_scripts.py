"""Texts in several scripts."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail
from podium_ml.tabular.guardrails._texts import texts_by_column
from podium_ml.tabular.validation.context import Context
from podium_ml.values.scripts import shares_of_scripts


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Say which scripts texts are written in."""
    texts = texts_by_column(context)
    if not texts:
        return guardrail.passed("Not checked: there are no texts.")
    shares = {name: shares_of_scripts(own) for name, own in texts.items()}
    mixed = {name: own for name, own in shares.items() if len(own) > 1}
    if not mixed:
        return guardrail.passed("Texts of a column are written in one script.")
    name, own = next(iter(mixed.items()))
    listed = ", ".join(f"{script} ({share:.0%})" for script, share in own.items())
    return guardrail.alert(
        f"Texts of '{name}' are written in several scripts: {listed}.",
        "They are learned together; a model for each language may predict better.",
        columns=list(mixed),
    )


SPEC = Guardrail("text_scripts", "Scripts of texts", "table", 121, check)
