"""Samples of rows that are always the same, and take no time for rows that are not in them."""

from typing import TypeVar

import numpy as np
import pandas as pd

Rows = TypeVar("Rows", pd.Series, pd.DataFrame)


def sample_positions(rows: int, most: int, *, seed: int = 0) -> np.ndarray:
    """Return at most so many positions of rows, in ascending order.

    Args:
        rows: Number of rows.
        most: Number of positions if there are enough rows.
        seed: Seed.
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False, shuffle=False))


def sampled(values: Rows, most: int, *, seed: int = 0) -> Rows:
    """Return at most so many rows, in their original order."""
    return values if len(values) <= most else values.iloc[sample_positions(len(values), most, seed=seed)]
