"""Conversion of contributions to margins (log-odds) into contributions to probabilities.

The contributions pass through the softmax along the straight line between the two margins, as in integrated gradients
(Sundararajan et al., ICML 2017), with the chain rule of Chen, Lundberg and Lee ("Explaining a series of models by
propagating Shapley values", Nature Communications 2022). They still add up exactly.
"""

import numpy as np

from podium_ml.explanation.shapley_values import spread_residual

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def softmax(margins: np.ndarray) -> np.ndarray:
    """Return probabilities along the last axis."""
    powers = np.exp(margins - margins.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def through_softmax(values: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return contributions to probabilities.

    Args:
        values: Contributions to margins, shape ``(n, columns, K)``.
        start: Margins that they start from, shape ``(K,)``.
        end: Margins that they lead to, shape ``(n, K)``.
    """
    change = softmax(end) - softmax(start)
    result = np.zeros_like(values)
    for node, weight in zip((_NODES + 1) / 2, _WEIGHTS / 2, strict=True):
        p = softmax(start + node * (end - start))[:, None, :]
        result += weight * p * (values - (values * p).sum(axis=2, keepdims=True))
    return spread_residual(result, change - result.sum(axis=1))
