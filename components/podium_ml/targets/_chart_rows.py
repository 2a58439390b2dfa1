"""The rows that charts show."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ChartRows:
    """Rows with a weight, and their weights.

    Attributes:
        y: Encoded targets, shape ``(n,)`` or ``(n, L)``.
        raw: Predictions, shape ``(n, K)`` or ``(n,)``.
        weight: Weights with a mean of 1, so that sums of them read like numbers of rows; ``None`` if all are equal.
    """

    y: np.ndarray
    raw: np.ndarray
    weight: np.ndarray | None

    @classmethod
    def of(cls, y: np.ndarray, raw: np.ndarray, weight: np.ndarray | None) -> "ChartRows":
        """Leave out rows of weight 0, unless all are.

        Args:
            y: Encoded targets.
            raw: Predictions of the same rows.
            weight: Weights of any unit, shape ``(n,)``, or ``None``.
        """
        if weight is None or not weight.any():
            return cls(y, raw, None)
        rows = np.flatnonzero(weight > 0)
        return cls(y[rows], raw[rows], weight[rows] / weight[rows].mean())


def counts(values: np.ndarray) -> list[float]:
    """Return numbers of rows, or sums of weights without digits that nobody reads, as a plain list."""
    plain: list[float] = (values if values.dtype.kind in "iu" else values.round(3)).tolist()
    return plain
