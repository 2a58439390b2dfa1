"""Hashes that find equal rows and columns, even in long or wide tables."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def row_hashes(table: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return one hash per row over the named columns, equal for equal rows of any table; uint64, shape ``(n,)``."""
    return combine_hashes((value_hashes(table[name]) for name in names), rows=len(table))


def combine_hashes(columns: Iterable[np.ndarray], *, rows: int) -> np.ndarray:
    """Return one hash per row from the hashes of its columns, in order."""
    combined = np.zeros(rows, dtype=np.uint64)
    for column in columns:
        combined = (combined ^ column) * _FACTOR
        combined ^= combined >> np.uint64(29)
    return combined


def value_hashes(values: pd.Series) -> np.ndarray:
    """Return one hash per value, equal for equal values (1 and 1.0 included); uint64, shape ``(n,)``."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_complex_dtype(values.dtype):
        return pd.util.hash_array(values.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, distinct = pd.factorize(hashable(values))
    texts = np.array([*map(str, distinct.tolist()), ""], dtype=object)
    return pd.util.hash_array(texts, categorize=False)[codes]


def hashable(values: pd.Series) -> pd.Series:
    """Return a column with nested values as text, so that its values can be counted and compared."""
    if values.dtype != object:
        return values
    return values.map(
        lambda value: str(value) if isinstance(value, list | dict | set | np.ndarray) else value
    )
