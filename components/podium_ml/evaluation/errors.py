"""The errors of single rows."""

import numpy as np


def row_errors(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return one error of each row, which shows how alike the errors of consecutive rows are, shape ``(n,)``.

    Args:
        y: Class codes, values, sets of labels, tags, or future values, shape ``(n,)`` or ``(n, L)``.
        raw: Raw predictions, shape ``(n, T, K)``, ``(n, K)`` or ``(n,)``.
    """
    if raw.ndim > 3:  # grids of pictures
        return np.zeros(len(raw))
    if raw.ndim > 2:  # tags of texts
        return (raw.argmax(axis=2) != y).mean(axis=1)
    if raw.ndim == 1:
        return y - raw
    if y.ndim > 1 and y.shape != raw.shape:  # future values, and the points before their quantiles
        return y[:, 0] - raw[:, 0]
    if y.ndim > 1:
        return (y - raw).mean(axis=1)
    if raw.shape[1] == 2:
        return y - raw[:, 1]
    return 1 - raw[np.arange(len(y)), y]
