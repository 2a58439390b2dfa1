"""Decisions from probabilities: classes, or sets of labels."""

import numpy as np

# Minimum probability to predict the positive class, or each label; ``None`` for the default rule.
Threshold = float | tuple[float, ...] | None

_HALF = 0.5


def decide_labels(raw: np.ndarray, threshold: Threshold) -> np.ndarray:
    """Return class codes, shape ``(n,)``: the most probable class, or for two classes, positive from the threshold on.

    Args:
        raw: Probabilities of classes that exclude each other, shape ``(n, K)``.
        threshold: Threshold of the positive class, or ``None``.
    """
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
