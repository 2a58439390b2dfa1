"""Rows of small pictures and of numbers beside them, as networks of pictures read them."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class PixelRows:
    """Rows that can be sliced like a matrix.

    Attributes:
        pixels: uint8, shape ``(n, side, side, channels)``; the pictures of several columns are channels.
        others: The other columns as finite numbers on one scale, float32, shape ``(n, p)``.
    """

    pixels: np.ndarray
    others: np.ndarray

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, rows: Any) -> "PixelRows":
        return PixelRows(self.pixels[rows], self.others[rows])

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, and of places of a picture together with the other columns."""
        return len(self.pixels), self.pixels.shape[1] * self.pixels.shape[2] + self.others.shape[1]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.pixels.nbytes + self.others.nbytes

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """What a network reads, by name."""
        return {"pixels": self.pixels, "others": self.others}
