"""Rows whose pictures are the same, or nearly the same, as those of a burst."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from podium_ml.media.difference_hash import near_groups
from podium_ml.media.packing import facts_of


def picture_groups(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return codes of equal pictures, and codes of pictures that are nearly the same; int64, shape ``(n,)`` each.

    Rows without a picture have codes of their own.

    Args:
        values: A column of packed pictures.
    """
    exact = _own_codes(values)
    facts = [facts_of(value) if isinstance(value, bytes) else None for value in values]
    hashes = [None if one is None else int(one.hash, 16) for one in facts]
    return exact, near_groups(hashes, exact)


def with_pictures(codes: np.ndarray, columns: Sequence[pd.Series]) -> np.ndarray:
    """Return codes of rows that belong together, joined where their pictures are nearly the same.

    Args:
        codes: Codes of rows that belong together for other reasons, shape ``(n,)``.
        columns: The columns of packed pictures.
    """
    for values in columns:
        codes = joined(codes, picture_groups(values)[1])
    return codes


def _own_codes(values: pd.Series) -> np.ndarray:
    codes = pd.factorize(values.astype(object))[0].astype(np.int64)
    gone = codes < 0
    codes[gone] = len(codes) + np.flatnonzero(gone)
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def joined(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return codes of rows that are connected by either of two codes."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    shift = int(one.max(initial=-1)) + 1
    size = shift + int(other.max(initial=-1)) + 1
    links = coo_matrix((np.ones(len(one)), (one, shift + other)), shape=(size, size))
    return connected_components(links, directed=False)[1][one].astype(np.int64)
