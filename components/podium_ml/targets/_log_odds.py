"""Probabilities as meta-models take them."""

import numpy as np

_SMALLEST = 1e-6


def class_log_odds(raw: np.ndarray) -> np.ndarray:
    """Return centred log-probabilities, shape ``(n, K)``; of two classes only the second one's, shape ``(n, 1)``.

    Args:
        raw: Probabilities whose rows sum to 1, shape ``(n, K)``.
    """
    logs = np.log(np.clip(raw, _SMALLEST, 1.0))
    centred = logs - logs.mean(axis=1, keepdims=True)
    return centred[:, 1:] if raw.shape[1] == 2 else centred


def label_log_odds(raw: np.ndarray) -> np.ndarray:
    """Return the log odds of labels that do not exclude each other, shape ``(n, L)``.

    Args:
        raw: Probabilities of each label, shape ``(n, L)``.
    """
    inside = np.clip(raw, _SMALLEST, 1.0 - _SMALLEST)
    return (np.log(inside) - np.log1p(-inside)) / 2
