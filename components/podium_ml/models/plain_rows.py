"""Encoded rows as a model sees them when it predicts."""

from typing import Any

import numpy as np
import pandas as pd


def plain_rows(encoded: Any) -> Any:
    """Return a data frame as float32, with categories as codes and NaN for missing; other rows as they are.

    Encoders give data frames to algorithms that learn from categories, but such a matrix to the fitted estimators.
    """
    if not isinstance(encoded, pd.DataFrame):
        return encoded
    columns = [_numbers(column.array) for _, column in encoded.items()]
    return np.column_stack(columns).astype(np.float32) if columns else np.empty((len(encoded), 0), np.float32)


def _numbers(values: Any) -> np.ndarray:
    if not isinstance(values, pd.Categorical):
        return np.asarray(values, dtype=np.float32)
    return np.where(values.codes < 0, np.nan, values.codes)
