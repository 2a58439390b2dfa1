"""Rows of words and of numbers beside them, as networks of words read them."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class WordRows:
    """Rows that can be sliced like a matrix.

    Attributes:
        words: Codes of words in their order, int32, shape ``(n, t)``: 0 for none, 1 for an unknown one.
        others: The other columns as finite numbers on one scale, float32, shape ``(n, p)``.
        codes: Number of codes.
    """

    words: np.ndarray
    others: np.ndarray
    codes: int

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, rows: Any) -> "WordRows":
        return WordRows(self.words[rows], self.others[rows], self.codes)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, and of words of a text together with the other columns."""
        return len(self.words), self.words.shape[1] + self.others.shape[1]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.words.nbytes + self.others.nbytes

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """What a network reads, by name."""
        return {"words": self.words, "others": self.others}
