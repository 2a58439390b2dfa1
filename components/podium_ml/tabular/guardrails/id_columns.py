"""Columns that identify a row rather than describe it."""

import re

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, GuardrailResult
from podium_ml.kinds.guardrail import Guardrail, name_list
from podium_ml.tabular.guardrails._trends import is_trend
from podium_ml.tabular.validation.context import Context
from podium_ml.values.hashes import hashable

_NAME = re.compile(r"(^|[_\s.-])(id|ids|uuid|guid|key|index|rownum|row)($|[_\s.-])|Id$|ID$", re.IGNORECASE)
_FEWEST_ROWS = 30
_UNIQUE_SHARE = 0.98
_COUNTER = "A row counter."


def check(context: Context, guardrail: Guardrail) -> GuardrailResult:
    """Drop ids: counters, and codes that differ in almost every row. A counter that may be a trend stays."""
    if len(context.table) < _FEWEST_ROWS:
        return guardrail.passed("Not checked: there are too few rows to recognize ids.")
    own = context.settings.column_types
    inferred = [column for column in context.features if column.name not in own]
    found = {c.name: why for c in inferred if (why := _why_id(context.values(c.name), c))}
    trends = [name for name, why in found.items() if why == _COUNTER and is_trend(context, name)]
    found = {name: why for name, why in found.items() if name not in trends}
    for name, why in found.items():
        context.drop_column(name, why)
    kept = f" {name_list(trends)} counts up with the rows and may be a trend." if trends else ""
    if found:
        return guardrail.fixed(
            f"Columns that look like ids: {name_list(found)}.{kept}",
            "They were dropped, because a model would only memorize rows with them."
            f" To keep one, set its type, like --types {next(iter(found))}=category.",
            columns=found,
            details=({"column": name, "why": why} for name, why in found.items()),
        )
    if trends and not context.settings.time_column:
        return guardrail.alert(
            kept.strip(),
            f"If later rows are to be predicted, set --time-column {trends[0]}, so that the latest rows are the test.",
            columns=trends,
        )
    return guardrail.passed(f"No column looks like an id.{kept}")


def _why_id(values: pd.Series, column: Column) -> str:
    present = hashable(values.dropna())
    if len(present) < _FEWEST_ROWS:
        return ""
    if column.role == "numeric" and pd.api.types.is_integer_dtype(values.dtype):
        unique = present.nunique() == len(present) and len(present) == len(values)
        counter = unique and int(present.max()) - int(present.min()) == len(present) - 1
        ordered = unique and bool(np.all(np.diff(present.to_numpy()) > 0))
        if unique and _NAME.search(column.name):
            return "An id: a different whole number in every row."
        if counter and ordered:
            return _COUNTER
    if column.role == "categorical" and present.nunique() >= _UNIQUE_SHARE * len(present):
        return "An id: a different value in almost every row."
    return ""


SPEC = Guardrail("id_columns", "Id-like columns", "table", 40, check)
