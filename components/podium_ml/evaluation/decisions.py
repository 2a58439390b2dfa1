"""The classes that probabilities decide for."""

import numpy as np


def predicted_labels(raw: np.ndarray, threshold: float | None) -> np.ndarray:
    """Return class codes: the most probable, or the positive one from the threshold on."""
    if threshold is not None and raw.shape[1] == 2:
        return (raw[:, 1] >= threshold).astype(np.int64)
    return raw.argmax(axis=1)
