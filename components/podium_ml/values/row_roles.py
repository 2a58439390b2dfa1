"""Columns that serve the rows: their weights, groups and times."""

import numpy as np
import pandas as pd

from podium_ml.values.dates import DateFormat
from podium_ml.values.numbers import read_numbers
from podium_ml.values.plain_text import plain_texts


def read_weights(column: pd.Series) -> np.ndarray:
    """Return weights; a missing or negative one counts for nothing."""
    return np.nan_to_num(np.clip(read_numbers(column), 0, None))


def read_groups(column: pd.Series) -> np.ndarray:
    """Return group codes; rows without group are a group each, for nothing ties them together."""
    codes = plain_texts(column)[0]
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
    return codes


def read_times(column: pd.Series) -> np.ndarray:
    """Return the rank of each row's time, rows without time first."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        times = np.nan_to_num(read_numbers(column), nan=-np.inf)
    else:
        times = DateFormat.plan(column).read(column).view(np.int64)  # NaT is the least integer
    return np.unique(times, return_inverse=True)[1].astype(np.int64)
