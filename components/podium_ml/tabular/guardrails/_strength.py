"""How much a single column says about the target: a screening that is fast for thousands of columns."""

import numpy as np

_BINS = 64


def explained_share(numbers: np.ndarray, y: np.ndarray, *, n_classes: int, half: np.ndarray) -> float:
    """Return the cross-fitted share of the target's variance that the means within bins of one column explain.

    Means are computed on one half of the rows and scored on the other. For classes, the variance is that of the
    one-hot target, so the share is a Brier skill score.

    Args:
        numbers: The column, NaN for missing, shape ``(n,)``.
        y: Class codes or values, shape ``(n,)``.
        n_classes: Number of classes; 0 for regression.
        half: Which half each row is in, boolean, shape ``(n,)``.

    Returns:
        At most 1; negative if the column says nothing about the target.
    """
    bins, count = _bin(numbers)
    if count < 2 or count > len(numbers) / 4:
        return 0.0
    score = _class_errors if n_classes else _value_errors
    sides = [(half, ~half), (~half, half)]
    errors, total = np.sum([score(bins, count, y, seen, held, n_classes) for seen, held in sides], axis=0)
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


def _class_errors(
    bins: np.ndarray, count: int, y: np.ndarray, seen: np.ndarray, held: np.ndarray, n_classes: int
) -> tuple[float, float]:
    joint = bins * n_classes + y
    learned = np.bincount(joint[seen], minlength=count * n_classes).reshape(count, n_classes)
    checked = np.bincount(joint[held], minlength=count * n_classes).reshape(count, n_classes)
    prior = learned.sum(axis=0) / max(1, learned.sum())
    sizes = learned.sum(axis=1, keepdims=True)
    chance = np.where(sizes > 0, learned / np.maximum(sizes, 1), prior)
    return _brier(checked, chance), _brier(checked, np.broadcast_to(prior, chance.shape))


def _brier(counts: np.ndarray, chance: np.ndarray) -> float:
    """Return the summed squared error of probabilities for rows counted by bin and class."""
    rows = counts.sum(axis=1)
    return float((counts * (1 - 2 * chance)).sum() + (rows * (chance**2).sum(axis=1)).sum())


def _value_errors(
    bins: np.ndarray, count: int, y: np.ndarray, seen: np.ndarray, held: np.ndarray, _: int
) -> tuple[float, float]:
    overall = y[seen].mean()
    sizes = np.bincount(bins[seen], minlength=count)
    sums = np.bincount(bins[seen], weights=y[seen], minlength=count)
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), overall)
    return float(((y[held] - means[bins[held]]) ** 2).sum()), float(((y[held] - overall) ** 2).sum())
