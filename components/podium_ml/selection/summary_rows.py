"""Rows that stand for the data and are none of its rows."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.contracts import Problem

_ROWS = 10
# A category that fewer rows of the sample have may point to one of them.
_FEWEST = 5


def summary_rows(sample: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return rows whose columns are like those of a sample, each drawn for itself.

    Numbers and times are the means of tenths of the sample. Categories are frequent ones, in their shares. Texts, lists
    and rare categories are missing.

    Args:
        sample: Some rows in the user's own columns.
        problem: The problem, for the roles of the columns.
    """
    rng = np.random.default_rng(problem.seed)
    roles = {column.name: column.role for column in problem.columns}
    columns = {name: _summary(values, roles.get(str(name), "text"), rng) for name, values in sample.items()}
    return pd.DataFrame(columns)


def _summary(values: pd.Series, role: str, rng: np.random.Generator) -> pd.Series:
    known = values.dropna()
    if role in ("text", "list", "image") or not len(known):
        found: list[Any] = []
    elif pd.api.types.is_datetime64_any_dtype(values.dtype):
        found = list(pd.to_datetime(_means(known.astype("int64"))).astype(values.dtype))
    elif pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        means = _means(known.astype("float64"))
        found = list(np.round(means) if pd.api.types.is_integer_dtype(values.dtype) else means)
    else:
        found = _frequent(known)
    padded = [*found, *[None] * (_ROWS - len(found))]
    mixed = pd.Series([padded[at] for at in rng.permutation(_ROWS)], dtype=object)
    return _like(mixed, values)


def _means(values: pd.Series) -> np.ndarray:
    parts = np.array_split(np.sort(values.to_numpy()), _ROWS)
    return np.array([part.mean() for part in parts if len(part) > 1])


def _frequent(values: pd.Series) -> list[Any]:
    counts = values.value_counts()
    counts = counts[counts >= _FEWEST]
    shares = np.cumsum(counts.to_numpy()) / max(1, counts.sum())
    points = (np.arange(_ROWS) + 0.5) / _ROWS
    return [counts.index[np.searchsorted(shares, point)] for point in points] if len(counts) else []


def _like(found: pd.Series, values: pd.Series) -> pd.Series:
    """Return the values in the type of the column, as far as it can hold missing ones."""
    if found.isna().any() and pd.api.types.is_bool_dtype(values.dtype):
        return found
    if found.isna().any() and pd.api.types.is_integer_dtype(values.dtype):
        return found.astype("float64")
    return found.astype(values.dtype)
