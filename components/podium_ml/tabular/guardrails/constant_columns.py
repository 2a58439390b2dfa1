"""Columns with a single value."""

import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop columns that are empty or have the same value in every row."""
    dropped = {}
    for column in context.features:
        hashes = context.hashes(column.name)
        if (hashes == hashes[0]).all():
            empty = pd.isna(context.values(column.name).iloc[:1]).all()
            dropped[column.name] = "All values are missing." if empty else "All values are the same."
    for name, reason in dropped.items():
        context.drop_column(name, reason)
    if not dropped:
        return guardrail.passed("No column is constant.")
    return guardrail.fixed(
        f"Constant columns ({len(dropped)}): {name_list(dropped)}.",
        "They were dropped.",
        columns=dropped,
        details=({"column": name, "why": reason} for name, reason in dropped.items()),
    )


SPEC = Guardrail("constant_columns", "Constant columns", "table", 20, check)
