"""Categorical columns with very many values."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

_MANY = 50


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report categorical columns with many values; encoders replace such values by target means."""
    counts = {c.name: context.count_distinct(c.name) for c in context.features if c.role == "categorical"}
    found = {name: count for name, count in counts.items() if count > _MANY}
    if not found:
        return guardrail.passed(f"No categorical column has more than {_MANY} values.")
    return guardrail.fixed(
        f"Categorical columns with many values: {name_list(found)}.",
        "Within the folds, rare values are grouped, and values are encoded by the mean of the target.",
        columns=found,
        details=({"column": name, "values": count} for name, count in found.items()),
    )


SPEC = Guardrail("high_cardinality", "High cardinality", "table", 60, check)
