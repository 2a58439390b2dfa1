"""Curves of fewer points that look the same."""

import numpy as np

_POINTS = 200


def thin(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return positions of at most 200 points evenly along a curve within the unit square, its ends among them.

    Args:
        x: Shape ``(n,)``.
        y: Shape ``(n,)``.
    """
    if len(x) <= _POINTS:
        return np.arange(len(x))
    walked = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    stops = np.searchsorted(walked, np.linspace(0, walked[-1], _POINTS - 1))
    return np.unique(np.append(np.minimum(stops, len(x) - 1), len(x) - 1))
