"""Columns that repeat another one."""

import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.guardrails._guardrail import Guardrail, name_list
from podium_ml.validation.context import Context, hashable


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop columns whose every value equals that of a column further left."""
    first: dict[int, str] = {}
    twins: dict[str, str] = {}
    for column in context.features:
        values = hashable(context.table[column.name])
        digest = hash(
            tuple(
                pd.util.hash_pandas_object(
                    values.astype(str) if values.dtype == object else values, index=False
                )
            )
        )
        if digest in first:
            twins[column.name] = first[digest]
        else:
            first[digest] = column.name
    for name, other in twins.items():
        context.drop_column(name, f"The same as '{other}'.")
    if not twins:
        return guardrail.passed("No two columns are the same.")
    return guardrail.fixed(
        f"{name_list(twins)} repeat other columns.",
        "The repetitions were left out.",
        columns=twins,
        details=({"column": name, "same as": other} for name, other in twins.items()),
    )


SPEC = Guardrail("duplicate_columns", "Duplicate columns", "table", 30, check)
