"""Which rows, and which columns, are equal: by hashes, for tables may be long or wide."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from podium_ml.validation.context import hashable

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def row_hashes(table: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return one hash a row of the named columns, equal for equal rows of any table; uint64, shape ``(n,)``."""
    combined = np.zeros(len(table), dtype=np.uint64)
    for name in names:
        combined = (combined ^ value_hashes(table[name])) * _FACTOR
        combined ^= combined >> np.uint64(29)
    return combined


def value_hashes(values: pd.Series) -> np.ndarray:
    """Return one hash a value, equal for equal values (1 and 1.0 included); uint64, shape ``(n,)``."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_complex_dtype(values.dtype):
        return pd.util.hash_array(values.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, distinct = pd.factorize(hashable(values))
    texts = np.array([*map(str, distinct), ""], dtype=object)
    return pd.util.hash_array(texts, categorize=False)[codes]
