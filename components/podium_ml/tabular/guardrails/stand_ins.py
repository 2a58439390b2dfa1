"""Numbers that may stand for missing values, like -999."""

import re

import numpy as np

from podium_ml.contracts import GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

# Numbers of nines or eights, and codes just below, as surveys have them: 97 for "refused", 98 for "does not know".
_CODES = re.compile(r"9{2,}|9+[78]|8{2,}")
_LIMITS = {float(sign * 2**bits - (sign > 0)) for bits in (15, 31, 63) for sign in (-1, 1)} | {65_535.0}
_ENOUGH_ROWS, _ENOUGH_VALUES = 3, 5


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Report repeated values that look like codes and lie far from all others, or alone below zero."""
    columns = [column.name for column in context.features if column.role == "numeric"]
    found = {name: codes for name in columns if (codes := _codes_of(context, name))}
    if not found:
        return guardrail.passed("No numeric column has a code, like -999, among its values.")
    marks = ",".join(dict.fromkeys(f"{code:.15g}" for codes in found.values() for code in codes))
    return guardrail.alert(
        f"Columns with values that may stand for missing ones: {name_list(found)}.",
        f"They were kept as numbers. If they mean that a value is missing, run again with --missing-markers={marks} "
        "and all other words that mean it.",
        columns=found,
        details=(
            {"column": name, "value": code, "rows": rows}
            for name, codes in found.items()
            for code, rows in codes.items()
        ),
    )


def _codes_of(context: Context, name: str) -> dict[float, int]:
    """Return codes among the values of a column, and how many rows have each."""
    values = context.values(name).to_numpy(dtype=np.float64, na_value=np.nan)
    values = values[np.isfinite(values)]
    if not len(values) or not any(map(_is_code, (values.min(), values.max()))):
        return {}
    distinct, rows = np.unique(values, return_counts=True)
    codes = np.array([_is_code(value) for value in distinct]) & (rows >= _ENOUGH_ROWS)
    others = distinct[~codes]
    if len(others) < _ENOUGH_VALUES:
        return {}
    low, high = others[0], others[-1]
    away = np.maximum(low - distinct, distinct - high)
    far = codes & ((away > high - low) | ((distinct < 0) & (low >= 0)))
    return {float(value): int(count) for value, count in zip(distinct[far], rows[far], strict=True)}


def _is_code(value: float) -> bool:
    return value in _LIMITS or bool(_CODES.fullmatch(f"{abs(value):.15g}".partition(".")[0]))


SPEC = Guardrail("stand_ins", "Stand-ins for missing values", "table", 12, check)
