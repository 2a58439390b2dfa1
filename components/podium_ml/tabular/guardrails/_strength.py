"""How well a single column ranks the target: a screening that is fast for thousands of columns."""

import numpy as np
from scipy.stats import rankdata

_BINS = 64


def rank_strength(numbers: np.ndarray, y: np.ndarray, *, n_classes: int, half: np.ndarray) -> float:
    """Return how well the target's means within bins of one column rank the rows, cross-fitted.

    Means are computed on one half of the rows and scored on the other. Ranks do not depend on how rare a class is or
    how far values are spread, as squared errors do.

    Args:
        numbers: The column, NaN for missing, shape ``(n,)``.
        y: Class codes or values, shape ``(n,)``.
        n_classes: Number of classes; 0 for regression.
        half: Which half each row is in, boolean, shape ``(n,)``.

    Returns:
        For classes, the AUC of each class against the others, averaged over the classes. For values, the share of the
        variance of their ranks that is explained. At most 1; about 0.5 or 0 if the column says nothing.
    """
    bins, count = _bin(numbers)
    if count < 2 or count > len(numbers) / 4:
        return 0.0
    sides = [(half, ~half), (~half, half)]
    if n_classes:
        return float(np.mean([_area(bins, count, y, *side, n_classes) for side in sides]))
    ranks = rankdata(y)
    errors, total = np.sum([_value_errors(bins, count, ranks, *side) for side in sides], axis=0)
    return float(1 - errors / total) if total > 0 else 0.0


def _bin(numbers: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the bin of each value and the number of bins of about equal size; the last bin holds missing values."""
    distinct, codes = np.unique(numbers, return_inverse=True)
    if len(distinct) > _BINS:
        present = numbers[~np.isnan(numbers)]
        edges = np.unique(np.quantile(present, np.arange(1, _BINS) / _BINS))
        codes = np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="right"))
        return codes, len(edges) + 2
    return codes, len(distinct)


def _area(
    bins: np.ndarray, count: int, y: np.ndarray, seen: np.ndarray, held: np.ndarray, n_classes: int
) -> float:
    """Return the mean AUC over the classes that occur on both sides; 0.5 if there is none."""
    joint = bins * n_classes + y
    learned, checked = (
        np.bincount(joint[side], minlength=count * n_classes).reshape(count, n_classes)
        for side in (seen, held)
    )
    sizes = learned.sum(axis=1, keepdims=True)
    prior = learned.sum(axis=0) / max(1, learned.sum())
    chance = (learned + prior) / (sizes + 1)  # Small bins are drawn towards the overall share.
    total = checked.sum(axis=0)
    areas = [
        _area_of_counts(chance[:, code], checked[:, code], checked.sum(axis=1) - checked[:, code])
        for code in range(n_classes)
        if learned[:, code].any() and 0 < total[code] < total.sum()
    ]
    return float(np.mean(areas)) if areas else 0.5


def _area_of_counts(score: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> float:
    """Return the AUC of rows counted by bin, each bin with one score; ties count half."""
    _, rank = np.unique(score, return_inverse=True)
    found, others = np.bincount(rank, weights=positive), np.bincount(rank, weights=negative)
    below = np.cumsum(others) - others / 2
    return float((found * below).sum() / (found.sum() * others.sum()))


def _value_errors(
    bins: np.ndarray, count: int, y: np.ndarray, seen: np.ndarray, held: np.ndarray
) -> tuple[float, float]:
    overall = y[seen].mean()
    sizes = np.bincount(bins[seen], minlength=count)
    sums = np.bincount(bins[seen], weights=y[seen], minlength=count)
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), overall)
    return float(((y[held] - means[bins[held]]) ** 2).sum()), float(((y[held] - overall) ** 2).sum())
