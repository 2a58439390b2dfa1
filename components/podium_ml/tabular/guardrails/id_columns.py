"""Columns that name the row rather than tell something of it."""

import re

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context

_NAME = re.compile(r"(^|[_\s.-])(id|ids|uuid|guid|key|index|rownum|row)($|[_\s.-])|Id$|ID$", re.IGNORECASE)
_FEWEST_ROWS = 30
_UNIQUE_SHARE = 0.98


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop ids: counters, and codes that are different in almost every row."""
    if len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Too few rows to tell ids from other columns.")
    found = {c.name: why for c in context.features if (why := _why_id(context.values(c.name), c))}
    for name, why in found.items():
        context.drop_column(name, why)
    if not found:
        return guardrail.passed("No column looks like an id.")
    return guardrail.fixed(
        f"Columns that look like ids: {name_list(found)}.",
        "They were left out: a model would learn rows by heart.",
        columns=found,
        details=({"column": name, "why": why} for name, why in found.items()),
    )


def _why_id(values: pd.Series, column: Column) -> str:
    present = values.dropna()
    if column.role == "numeric" and pd.api.types.is_integer_dtype(values.dtype):
        unique = present.nunique() == len(present) and len(present) == len(values)
        counter = unique and int(present.max()) - int(present.min()) == len(present) - 1
        ordered = unique and bool(np.all(np.diff(present.to_numpy()) > 0))
        if counter and (ordered or _NAME.search(column.name)):
            return "A counter of the rows."
        if unique and _NAME.search(column.name):
            return "An id: whole numbers, different in every row."
    if column.role == "categorical" and len(present) and present.nunique() >= _UNIQUE_SHARE * len(present):
        return "An id: different in almost every row."
    return ""


SPEC = Guardrail("id_columns", "Id-like columns", "table", 40, check)
