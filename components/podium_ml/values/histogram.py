"""Counts of numbers in bins of equal width, for any numbers."""

import numpy as np

# Half the width of the only bin of equal numbers, absolute and in relation to the number.
_LEAST_REACH, _RELATIVE_REACH = 0.5, 1e-9


def histogram(
    numbers: np.ndarray, *, bins: int, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and edges of bins of equal width.

    NumPy refuses numbers that are so close to each other that floats cannot part them, or so far from each other that
    their difference overflows. Here the first get fewer bins, and the second are no exception.

    Args:
        numbers: Any numbers; infinite and missing ones are not counted.
        bins: Number of bins; fewer if there are not so many floats between the numbers.
        weights: Counts of the numbers, or ``None`` for 1 each.

    Returns:
        Counts of shape ``(k,)``, and ascending edges of shape ``(k + 1,)``; both empty without numbers.

    >>> histogram(np.array([1.0, 1.0, 2.0]), bins=2)[0].tolist()
    [2, 1]
    """
    finite = np.isfinite(numbers)
    if not finite.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    edges = _edges(numbers[finite], bins)
    with np.errstate(over="ignore"):
        return np.histogram(numbers[finite], bins=edges, weights=None if weights is None else weights[finite])


def _edges(numbers: np.ndarray, bins: int) -> np.ndarray:
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        reach, limit = max(_LEAST_REACH, _RELATIVE_REACH * abs(low)), np.finfo(np.float64).max
        return np.array([max(low - reach, -limit), min(low + reach, limit)])
    shares = np.arange(bins + 1) / bins
    edges = np.unique(np.clip(low * (1 - shares) + high * shares, low, high))
    return np.unique([low, *edges, high])
