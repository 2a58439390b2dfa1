"""Columns that describe rows: their weights, groups and times."""

import numpy as np
import pandas as pd

from podium_ml.values.dates import DateFormat
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts


def read_weights(column: pd.Series) -> np.ndarray:
    """Return weights; missing and negative ones become 0."""
    return np.nan_to_num(np.clip(read_numbers(column), 0, None))


def read_groups(column: pd.Series) -> np.ndarray:
    """Return group codes; each row without a group becomes a group of its own."""
    codes = plain_texts(column)[0]
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes


def read_times(column: pd.Series) -> np.ndarray:
    """Return sortable times: whole numbers as they are, else the rank of each row's time, missing ones first."""
    if isinstance(column.dtype, np.dtype) and np.can_cast(column.dtype, np.int64):
        return column.to_numpy(dtype=np.int64)
    if pd.api.types.is_numeric_dtype(column.dtype):
        times = np.nan_to_num(read_numbers(column), nan=-np.inf)
    else:
        times = DateFormat.plan(column).read(column).view(np.int64)  # NaT is the smallest integer
    return np.unique(times, return_inverse=True)[1].astype(np.int64)


def last_times(time: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return for each row the time of the last row of its group, shape ``(n,)``.

    Args:
        time: Times as sortable int64, shape ``(n,)``.
        group: Group codes, shape ``(n,)``.
    """
    unit = np.unique(group, return_inverse=True)[1]
    last = np.full(unit.max(initial=-1) + 1, np.iinfo(np.int64).min)
    np.maximum.at(last, unit, time)
    return last[unit]
