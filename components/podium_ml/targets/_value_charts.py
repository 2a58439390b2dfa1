"""Charts of regression."""

from typing import Any

import numpy as np

_POINTS, _BINS, _BARS = 600, 10, 30
# The histogram's first and last bar take in what is beyond, so that a few far-off rows do not flatten the rest.
_TAILS = (0.5, 99.5)


def predicted_vs_true(y: np.ndarray, predicted: np.ndarray, *, seed: int) -> dict[str, Any]:
    """Return points of some rows, and the predictions of rows of like true values.

    ``bins`` have as many rows each, by true value: mean ``true``, mean ``predicted``, the ``low`` and ``high`` ends of
    the middle 80% of predictions, and ``counts``.
    """
    rows = _some(len(y), seed)
    parts = [part for part in np.array_split(np.argsort(y, kind="stable"), _BINS) if len(part)]
    return {
        "true": y[rows].tolist(),
        "predicted": predicted[rows].tolist(),
        "bins": {
            "true": [float(y[part].mean()) for part in parts],
            "predicted": [float(predicted[part].mean()) for part in parts],
            "low": [float(np.quantile(predicted[part], 0.1)) for part in parts],
            "high": [float(np.quantile(predicted[part], 0.9)) for part in parts],
            "counts": [len(part) for part in parts],
        },
    }


def residuals(y: np.ndarray, predicted: np.ndarray, *, seed: int) -> dict[str, Any]:
    """Return a histogram of predicted less true values, and points of some rows against the predictions."""
    rows, errors = _some(len(y), seed), predicted - y
    low, high = np.percentile(errors, _TAILS)
    counts, edges = np.histogram(np.clip(errors, low, high), bins=_BARS, range=(low, high))
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "predicted": predicted[rows].tolist(),
        "residual": errors[rows].tolist(),
    }


def _some(rows: int, seed: int) -> np.ndarray:
    if rows <= _POINTS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _POINTS, replace=False))
