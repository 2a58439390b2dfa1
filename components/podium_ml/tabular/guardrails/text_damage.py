"""Texts whose characters were damaged when they were written in the wrong encoding."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.guardrails._texts import texts_by_column
from podium_ml.tabular.validation.context import Context
from podium_ml.values.damaged_text import damage_in


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count texts with traces of damage."""
    texts = texts_by_column(context)
    if not texts:
        return guardrail.passed("Not checked: there are no texts.")
    damaged = {name: [found for text in own if (found := damage_in(text))] for name, own in texts.items()}
    names = [name for name, found in damaged.items() if found]
    if not names:
        return guardrail.passed("No text shows traces of a wrong encoding.")
    return guardrail.alert(
        f"{sum(map(len, damaged.values())):,} texts of {name_list(names)} show traces of a wrong encoding, such as "
        f"{damaged[names[0]][0]!r}.",
        "Write the data again as UTF-8, or set the encoding; models learn the damaged characters.",
        columns=names,
    )


SPEC = Guardrail("text_damage", "Damaged characters", "table", 124, check)
