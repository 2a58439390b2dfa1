"""Additive explanations of predictions."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Method = Literal["tree", "permutation"]


@dataclass(frozen=True)
class ShapleyValues:
    """Contributions that lead from the mean prediction to each row's (Lundberg and Lee, NeurIPS 2017).

    Attributes:
        base: Mean prediction of the background rows, shape ``(n_outputs,)``.
        values: Contribution of each column, shape ``(n, columns, n_outputs)``; they and ``base`` add up to ``output``.
        output: Prediction of each row, shape ``(n, n_outputs)``.
        method: How they were computed: approximated from the structure of trees, or sampled.
        walks: Number of sampled column orders per row; 0 for trees.
    """

    base: np.ndarray
    values: np.ndarray
    output: np.ndarray
    method: Method
    walks: int = 0

    def of_class(self, codes: np.ndarray) -> np.ndarray:
        """Return the contributions to one output per row, shape ``(n, columns)``."""
        return np.take_along_axis(self.values, codes[:, None, None], axis=2)[:, :, 0]


def spread_residual(values: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Distribute a residual over the columns in proportion to the size of their contributions.

    Args:
        values: Contributions, shape ``(n, columns, n_outputs)``.
        residual: Amount by which their sums fall short, shape ``(n, n_outputs)``.
    """
    size = np.abs(values)
    total = size.sum(axis=1, keepdims=True)
    share = np.divide(size, total, out=np.full_like(size, 1.0 / max(1, values.shape[1])), where=total > 0)
    return values + share * residual[:, None, :]
