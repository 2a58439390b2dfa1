"""Mean IoU: how well the pixels of each class are found, whichever object they belong to."""

import numpy as np

from podium_ml.metrics import Metric, Threshold
from podium_ml.objects.encoding import known_of
from podium_ml.objects.grid import EDGES, PIXELS, decode, shown_from


def pixel_counts(y: np.ndarray, raw: np.ndarray, threshold: Threshold = None) -> np.ndarray:
    """Return the pixels of each class that both have, and those that either has, in each picture.

    Both are the marked and the found objects. Where they lie is decided on a picture of ``2 G`` by ``2 G``; counts are
    those of the user's picture. Pixels of crowds of a class are left out.

    Args:
        y: Encoded objects with masks, shape ``(n, M, ...)``.
        raw: Raw predictions, shape ``(n, G, G, channels)``.
        threshold: Score from which objects are found.

    Returns:
        Numbers of pixels, shape ``(n, 2, C)``.
    """
    n_classes, size = raw.shape[3] - EDGES - PIXELS, 2 * raw.shape[1]
    lowest = shown_from(threshold)
    counts = np.zeros((len(y), 2, n_classes))
    for row, (truth, one) in enumerate(zip(y, raw, strict=True)):
        known, found = known_of(truth), decode(one, n_classes=n_classes, lowest=lowest)
        assert found.masks is not None
        marked, pixels = known.on(size), known.pixels if known.pixels > 0 else size * size
        for code in np.union1d(known.classes, found.classes):
            own = known.classes == code
            true = marked[own & ~known.crowd].any(axis=0)
            seen = found.masks[found.classes == code].any(axis=0)
            counted = true | ~marked[own & known.crowd].any(axis=0)
            both, either = true & seen & counted, (true | seen) & counted
            counts[row, :, code] = pixels * both.mean(), pixels * either.mean()
    return counts


def _of_sums(sums: np.ndarray) -> np.ndarray:
    """Return the mean over the classes that have pixels, NaN if none has, from sums of shape ``(..., 2, C)``."""
    both, either = sums[..., 0, :], sums[..., 1, :]
    there = either > 0
    shares = np.divide(both, either, out=np.zeros_like(both), where=there)
    number = there.sum(axis=-1)
    return np.divide(shares.sum(axis=-1), number, out=np.full(number.shape, np.nan), where=number > 0)


def _score(y_true: np.ndarray, raw: np.ndarray, weight: np.ndarray | None, threshold: Threshold) -> float:
    return float(_of_sums(pixel_counts(y_true, raw, threshold).sum(axis=0)))


SPECS = (
    Metric(
        "mean_iou",
        "Mean IoU",
        frozenset({"segmentation"}),
        "forecast",
        True,
        _score,
        "Of each class, the pixels that are marked and found, divided by those that are marked or found, over all "
        "pictures at the model's score threshold; mean of the classes.",
        bounds=(0.0, 1.0),
        counts=pixel_counts,
        of_sums=_of_sums,
        at_threshold=True,
    ),
)
