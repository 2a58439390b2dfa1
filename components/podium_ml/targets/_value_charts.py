"""Charts of regression."""

from typing import Any

import numpy as np

from podium_ml.targets._chart_rows import counts
from podium_ml.values.histogram import histogram

_POINTS, _BINS, _BARS = 600, 10, 30
# The histogram's first and last bar take in what is beyond, so that a few far-off rows do not flatten the rest.
_TAILS = (0.5, 99.5)


def predicted_vs_true(
    y: np.ndarray, predicted: np.ndarray, weight: np.ndarray | None = None, *, seed: int
) -> dict[str, Any]:
    """Return points of some rows, and the predictions of rows of like true values.

    ``bins`` have as many rows each, by true value: mean ``true``, mean ``predicted``, the ``low`` and ``high`` ends of
    the middle 80% of predictions, and ``counts`` of rows. Rows count by their weights in means and ends.
    """
    rows = _some(len(y), seed)
    parts = [part for part in np.array_split(np.argsort(y, kind="stable"), _BINS) if len(part)]
    return {
        "true": y[rows].tolist(),
        "predicted": predicted[rows].tolist(),
        "bins": {
            "true": [_mean(y, part, weight) for part in parts],
            "predicted": [_mean(predicted, part, weight) for part in parts],
            "low": [_quantile(predicted, part, weight, 0.1) for part in parts],
            "high": [_quantile(predicted, part, weight, 0.9) for part in parts],
            "counts": [len(part) for part in parts],
        },
    }


def residuals(
    y: np.ndarray, predicted: np.ndarray, weight: np.ndarray | None = None, *, seed: int
) -> dict[str, Any]:
    """Return a histogram of predicted less true values, and points of some rows against the predictions."""
    rows, errors = _some(len(y), seed), predicted - y
    known = errors[np.isfinite(errors)]
    low, high = np.percentile(known, _TAILS) if len(known) else (0.0, 0.0)
    bars, edges = histogram(np.clip(errors, low, high), bins=_BARS, weights=weight)
    made = {
        "edges": edges.tolist(),
        "counts": counts(bars),
        "predicted": predicted[rows].tolist(),
        "residual": errors[rows].tolist(),
    }
    return made if weight is None else {**made, "weighted": True}


def _mean(values: np.ndarray, rows: np.ndarray, weight: np.ndarray | None) -> float:
    return float(np.average(values[rows], weights=None if weight is None else weight[rows]))


def _quantile(values: np.ndarray, rows: np.ndarray, weight: np.ndarray | None, level: float) -> float:
    if weight is None:
        return float(np.quantile(values[rows], level))
    return float(np.quantile(values[rows], level, weights=weight[rows], method="inverted_cdf"))


def _some(rows: int, seed: int) -> np.ndarray:
    if rows <= _POINTS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _POINTS, replace=False))
