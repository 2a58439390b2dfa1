"""How wrong the prediction of each row is."""

import numpy as np


def row_errors(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return how wrong each prediction is: by the probability of what is true, or by the distance.

    Args:
        y: Class codes, values, or 0/1 for each label, shape ``(n,)`` or ``(n, K)``.
        raw: Raw predictions, shape ``(n, K)`` or ``(n,)``.

    >>> row_errors(np.array([0, 1]), np.array([[0.75, 0.25], [1.0, 0.0]])).tolist()
    [0.25, 1.0]
    """
    if raw.ndim == 1:
        return np.abs(raw - y)
    if y.ndim > 1:
        return np.abs(raw - y).max(axis=1)
    return 1 - raw[np.arange(len(y)), y]
