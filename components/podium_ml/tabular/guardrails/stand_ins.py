"""Numbers that may stand for missing values, like -999."""

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.values.stand_ins import marks, stand_ins


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report repeated values that look like codes and lie far from all others, or alone below zero."""
    columns = [column.name for column in context.features if column.role == "numeric"]
    values = {name: context.values(name).to_numpy(dtype=np.float64, na_value=np.nan) for name in columns}
    found = {name: codes for name in columns if (codes := stand_ins(values[name]))}
    if not found:
        return guardrail.passed("No numeric column has a code, like -999, among its values.")
    return guardrail.alert(
        f"Columns with values that may stand for missing ones: {name_list(found)}.",
        f"They were kept as numbers. If they mean that a value is missing, run again with "
        f"--missing-markers={marks(found)} and all other words that mean it.",
        columns=found,
        details=(
            {"column": name, "value": code, "rows": rows}
            for name, codes in found.items()
            for code, rows in codes.items()
        ),
    )


SPEC = Guardrail("stand_ins", "Stand-ins for missing values", "table", 12, check)
