"""Training texts that are also in the test that the user gave, and types that only the test has."""

from podium_ml.contracts import GuardrailResult
from podium_ml.entities.validation.context import Context
from podium_ml.kinds.guardrail import Guardrail, name_list


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Compare both sides."""
    unknown = {name: count for name, count in context.test.types.items() if name not in context.train.types}
    seen = []
    if unknown:
        spans = sum(unknown.values())
        seen.append(
            f"The type {name_list(unknown)} occurs in the test only ({spans:,} spans); no model can know it, so these "
            "spans count as missed."
        )
    done = ""
    if context.straddling:
        seen.append(f"{context.straddling:,} training texts are copies of test texts, or nearly so.")
        kept = len(context.train.texts) > context.straddling
        done = (
            "They were left out of training."
            if kept
            else "They stay, because most texts are; scores are too good."
        )
    if not seen:
        return guardrail.passed("The test has no type that training lacks, and shares no text with it.")
    return guardrail.alert(" ".join(seen), done)


SPEC = Guardrail("given_test", "Training against test", "split", 20, check)
