"""How often columns change within series."""

import numpy as np
import pandas as pd


def changes_within(column: pd.Series, series: np.ndarray, count: int) -> np.ndarray:
    """Return how often a column changes within each series, missing values left out, shape ``(count,)``.

    Args:
        column: Values in the order of series and time.
        series: Code of the series of each.
        count: Number of series.
    """
    codes = pd.factorize(column)[0]
    known = codes >= 0
    codes, series = codes[known], series[known]
    changed = (np.diff(codes) != 0) & (np.diff(series) == 0)
    return np.bincount(series[1:][changed], minlength=count)
