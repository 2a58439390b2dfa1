"""Columns that repeat another column."""

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop columns that have the same values as a column further left."""
    first: dict[bytes, str] = {}
    twins: dict[str, str] = {}
    for column in context.features:
        digest = _digest(context, column.name)
        if digest in first:
            twins[column.name] = first[digest]
        else:
            first[digest] = column.name
    for name, other in twins.items():
        context.drop_column(name, f"Same values as '{other}'.")
    if not twins:
        return guardrail.passed("No column repeats another one.")
    return guardrail.fixed(
        f"Columns that repeat another column: {name_list(twins)}.",
        "They were dropped.",
        columns=twins,
        details=({"column": name, "same as": other} for name, other in twins.items()),
    )


def _digest(context: Context, name: str) -> bytes:
    from hashlib import blake2b

    return blake2b(context.hashes(name).tobytes(), digest_size=16).digest()


SPEC = Guardrail("duplicate_columns", "Duplicate columns", "table", 30, check)
