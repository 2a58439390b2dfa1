"""Columns with a single value."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.values.hashes import value_hashes

# The first rows tell of nearly every column that it varies.
_FIRST = 1_000


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop columns that are empty or have the same value in every row."""
    dropped = {}
    for column in context.features:
        if _is_constant(value_hashes(context.values(column.name).head(_FIRST))) and _is_constant(
            context.hashes(column.name)
        ):
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


def _is_constant(hashes: np.ndarray) -> bool:
    return bool((hashes == hashes[0]).all())


SPEC = Guardrail("constant_columns", "Constant columns", "table", 20, check)
