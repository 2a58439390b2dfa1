"""Hashes that find equal rows and columns, even in long or wide tables."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import pandas as pd

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
# Beyond this, floats are further than 1 apart.
MOST_EXACT = 2.0**53
# A combination of values that more than this share of the rows have is common, and its rows are no copies.
_COMMON = 0.2


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


def column_term(hashes: np.ndarray, place: int) -> np.ndarray:
    """Return the term of a column. The sum of the terms of any columns is a hash of the rows over these columns.

    So a column is left out by a subtraction (modulo 2 to the 64).

    Args:
        hashes: One hash per row, uint64, shape ``(n,)``.
        place: Place of the column in the table, from 0.
    """
    return _mixed(hashes ^ _mixed(np.array([place + 1], dtype=np.uint64) * _FACTOR))


def _mixed(values: np.ndarray) -> np.ndarray:
    """Spread the bits of hashes (the last step of splitmix64; Steele, Lea and Flood, OOPSLA 2014)."""
    values = np.atleast_1d(values)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def copy_codes(hashes: np.ndarray) -> np.ndarray:
    """Return codes that are the same for copies of a row; int64, shape ``(n,)``.

    A combination of values that more than a fifth of the rows have is a common value, like a row without any entry.
    Each of its rows gets a code of its own.

    Args:
        hashes: One hash per row, uint64, shape ``(n,)``.
    """
    codes = pd.factorize(hashes)[0].astype(np.int64)
    common = (np.bincount(codes) > max(1, _COMMON * len(codes)))[codes]
    codes[common] = len(codes) + np.flatnonzero(common)
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def value_hashes(values: pd.Series) -> np.ndarray:
    """Return one hash per value, equal for equal values (1 and 1.0 included); uint64, shape ``(n,)``."""
    if pd.api.types.is_integer_dtype(values.dtype):
        return _integer_hashes(values)
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_complex_dtype(values.dtype):
        return pd.util.hash_array(values.to_numpy(dtype=np.float64, na_value=np.nan))
    codes, distinct = pd.factorize(hashable(values))
    texts = np.array([*map(_text, distinct), ""], dtype=object)
    return pd.util.hash_array(texts, categorize=False)[codes]


def _text(value: object) -> str:
    """Return a text that only equal values have; bytes as text would be several times as long as they are."""
    return blake2b(value, digest_size=16).hexdigest() if isinstance(value, bytes) else str(value)


def _integer_hashes(values: pd.Series) -> np.ndarray:
    """Return the hashes of the floats, in which integers of many digits that share a float still differ."""
    floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    hashes = pd.util.hash_array(floats)
    if not (np.abs(floats) > MOST_EXACT).any():
        return hashes
    whole = values.to_numpy(dtype=np.int64, na_value=0)
    with np.errstate(invalid="ignore"):
        rest = whole.view(np.uint64) - np.nan_to_num(floats).astype(np.int64).view(np.uint64)
    return hashes ^ (_mixed(rest) * (rest != 0))


def hashable(values: pd.Series) -> pd.Series:
    """Return a column with nested values as text, so that its values can be counted and compared."""
    if values.dtype != object:
        return values
    return values.map(
        lambda value: str(value) if isinstance(value, list | dict | set | np.ndarray) else value
    )
