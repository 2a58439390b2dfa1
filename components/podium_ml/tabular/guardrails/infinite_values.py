"""Infinite values in numeric columns."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Count infinite values, which featurization treats as missing."""
    counts = {
        column.name: int(
            np.isinf(context.values(column.name).to_numpy(dtype=np.float64, na_value=np.nan)).sum()
        )
        for column in context.features
        if pd.api.types.is_float_dtype(context.values(column.name).dtype)
    }
    found = {name: count for name, count in counts.items() if count}
    if not found:
        return guardrail.passed("No column contains infinite values.")
    return guardrail.fixed(
        f"{sum(found.values())} infinite values in {name_list(found)}.",
        "They are treated as missing.",
        columns=found,
        details=({"column": name, "infinite values": count} for name, count in found.items()),
    )


SPEC = Guardrail("infinite_values", "Infinite values", "table", 10, check)
