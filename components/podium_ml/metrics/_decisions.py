"""Decisions from probabilities: classes, or sets of labels."""

import numpy as np

# Minimum probability to predict the positive class, or each label; what the probabilities of several classes are
# compared with; ``None`` for the default rule.
Threshold = float | tuple[float, ...] | None

_HALF = 0.5


def decide_labels(raw: np.ndarray, threshold: Threshold) -> np.ndarray:
    """Return class codes, shape ``(n,)``: the most probable class, unless there is a threshold.

    Args:
        raw: Probabilities of classes that exclude each other, shape ``(n, K)``.
        threshold: Threshold of the positive of two classes, or ``None``. With one a class, the class is predicted whose
            probability is the greatest multiple of its threshold.
    """
    if isinstance(threshold, tuple):
        return (raw / np.asarray(threshold)).argmax(axis=1)
    if threshold is not None and raw.shape[1] == 2:
        return (raw[:, 1] >= threshold).astype(np.int64)
    return raw.argmax(axis=1)


def decide_sets(raw: np.ndarray, threshold: Threshold) -> np.ndarray:
    """Return 1 for each label that a row has and 0 for the others, shape ``(n, L)``.

    Args:
        raw: Probabilities of labels that do not exclude each other, shape ``(n, L)``.
        threshold: One threshold per label, or ``None`` for 0.5.
    """
    return (raw >= np.asarray(_HALF if threshold is None else threshold)).astype(np.int64)
