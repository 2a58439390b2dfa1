"""Columns whose values could mean something else than what was read."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

_SHOWN = 3


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report each doubtful reading with an example and the option that changes it."""
    used = (column for column in context.columns.values() if column.role != "dropped")
    doubts = {column.name: column.reading.doubt for column in used if column.reading and column.reading.doubt}
    if not doubts:
        return guardrail.passed("Every value has one likely reading.")
    shown = " ".join(f"'{name}': {doubt}" for name, doubt in list(doubts.items())[:_SHOWN])
    return guardrail.alert(
        f"Columns with values that could mean something else: {name_list(doubts)}. {shown}",
        columns=doubts,
        details=({"column": name, "doubt": doubt} for name, doubt in doubts.items()),
    )


SPEC = Guardrail("doubtful_readings", "Doubtful readings", "table", 5, check)
