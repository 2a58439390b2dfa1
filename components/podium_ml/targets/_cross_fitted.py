"""Predictions by what was fitted on other rows, and samples that represent all rows."""

from collections.abc import Callable

import numpy as np

from podium_ml.contracts.targets import Folds


def cross_fitted(
    folds: Folds, predict: Callable[[np.ndarray, np.ndarray], np.ndarray], like: np.ndarray
) -> np.ndarray:
    """Return predictions of all rows, each by what was fitted on other rows.

    Args:
        folds: Splits of the rows, each row in at most one validation part.
        predict: Fits on rows (first argument) and predicts others (second argument).
        like: What stands for the predictions of rows in no validation part, such as the earliest ones in time.
    """
    honest = np.array(like, dtype=np.float64)
    for train, valid in folds:
        honest[valid] = predict(train, valid)
    return honest


def sample_rows(order: np.ndarray, rows: np.ndarray, *, most: int) -> np.ndarray:
    """Return at most so many rows, spread evenly over the order of their targets.

    Args:
        order: What ``Target.ordering`` returns of all rows.
        rows: Positions of the rows to sample from.
        most: How many rows to return at most.
    """
    if len(rows) <= most:
        return rows
    ordered = rows[np.argsort(order[rows], kind="stable")]
    return np.sort(ordered[np.linspace(0, len(ordered) - 1, most).astype(np.int64)])
