"""Columns that identify a row rather than describe it."""

import re

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.tabular.guardrails._guardrail import Guardrail, name_list
from podium_ml.tabular.validation.context import Context
from podium_ml.values.hashes import hashable

_NAME = re.compile(r"(^|[_\s.-])(id|ids|uuid|guid|key|index|rownum|row)($|[_\s.-])|Id$|ID$", re.IGNORECASE)
_FEWEST_ROWS = 30
_UNIQUE_SHARE = 0.98


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop ids: counters, and codes that differ in almost every row."""
    if len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Not checked: there are too few rows to recognize ids.")
    found = {c.name: why for c in context.features if (why := _why_id(context.values(c.name), c))}
    for name, why in found.items():
        context.drop_column(name, why)
    if not found:
        return guardrail.passed("No column looks like an id.")
    return guardrail.fixed(
        f"Columns that look like ids: {name_list(found)}.",
        "They were dropped, because a model would only memorize rows with them.",
        columns=found,
        details=({"column": name, "why": why} for name, why in found.items()),
    )


def _why_id(values: pd.Series, column: Column) -> str:
    present = hashable(values.dropna())
    if column.role == "numeric" and pd.api.types.is_integer_dtype(values.dtype):
        unique = present.nunique() == len(present) and len(present) == len(values)
        counter = unique and int(present.max()) - int(present.min()) == len(present) - 1
        ordered = unique and bool(np.all(np.diff(present.to_numpy()) > 0))
        if counter and (ordered or _NAME.search(column.name)):
            return "A row counter."
        if unique and _NAME.search(column.name):
            return "An id: a different whole number in every row."
    if column.role == "categorical" and len(present) and present.nunique() >= _UNIQUE_SHARE * len(present):
        return "An id: a different value in almost every row."
    return ""


SPEC = Guardrail("id_columns", "Id-like columns", "table", 40, check)
