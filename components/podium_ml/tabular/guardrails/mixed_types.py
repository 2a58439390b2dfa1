"""Columns that mix numbers and text."""

import numpy as np
import pandas as pd

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.tabular.validation.roles import distinct_texts
from podium_ml.values.numbers import read_numbers

_SOME, _MOST = 0.2, 0.95
_FEWEST_VALUES = 10


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Find text columns with many numbers, and numeric columns with stray text."""
    shares = {
        c.name: share for c in context.features if (share := _share(context, c.name, c.role)) is not None
    }
    found = {name: share for name, share in shares.items() if _SOME <= share < 1}
    if not found:
        return guardrail.passed("No column mixes numbers and text.")
    return guardrail.alert(
        f"Columns that mix numbers and text: {name_list(found)}.",
        "If nearly all values are numbers, the others are treated as missing; otherwise, all are treated as text.",
        columns=found,
        details=(
            {"column": name, "numbers among its values": f"{share:.1%}"} for name, share in found.items()
        ),
    )


def _share(context: Context, name: str, role: str) -> float | None:
    values = context.table[name]
    if role not in ("categorical", "numeric") or values.dtype.kind in "biufM":
        return None
    texts = distinct_texts(values)
    if len(texts) < _FEWEST_VALUES:
        return None
    return float(np.isfinite(read_numbers(pd.Series(texts, dtype=object))).mean())


SPEC = Guardrail("mixed_types", "Mixed types", "table", 70, check)
