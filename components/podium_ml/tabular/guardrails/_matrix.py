"""Columns as plain numbers for quick checks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from podium_ml.contracts import Column
from podium_ml.values.dates import DateFormat
from podium_ml.values.hashes import hashable
from podium_ml.values.numbers import read_numbers


def to_matrix(table: pd.DataFrame, columns: Sequence[Column]) -> np.ndarray:
    """Return columns as numbers, shape ``(n, d)``: dates as numbers, other values as codes, missing values as NaN."""
    if not columns:
        return np.empty((len(table), 0))
    return np.column_stack([to_numbers(table[column.name], column.role) for column in columns])


def to_numbers(values: pd.Series, role: str) -> np.ndarray:
    """Return one column as float64, shape ``(n,)``."""
    if role in ("datetime", "time") and not _is_plain_number(values, role):
        moments = DateFormat.plan(values).read(values)
        return np.where(np.isnat(moments), np.nan, moments.astype("int64").astype(np.float64))
    if role == "numeric" or pd.api.types.is_numeric_dtype(values.dtype):
        return read_numbers(values)
    codes = pd.factorize(hashable(values))[0].astype(np.float64)
    codes[codes < 0] = np.nan
    return codes


def _is_plain_number(values: pd.Series, role: str) -> bool:
    return role == "time" and pd.api.types.is_numeric_dtype(values.dtype)
