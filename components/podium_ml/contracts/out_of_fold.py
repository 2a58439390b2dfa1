"""Out-of-fold predictions of training rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Self

import numpy as np

from podium_ml.files.atomic_write import atomic_write


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Predictions of those training rows that a fold has predicted. For series, these are few of many.

    Attributes:
        rows: Positions of the rows among the training rows, ascending, shape ``(r,)``.
        values: Their raw predictions, shape ``(r, ...)``.
        total: Number of training rows.
    """

    rows: np.ndarray
    values: np.ndarray
    total: int

    @classmethod
    def of(cls, full: np.ndarray) -> Self:
        """Return predictions of all training rows, which are NaN for rows without any, shape ``(n, ...)``."""
        rows = np.flatnonzero(~np.isnan(full.reshape(len(full), -1)).any(axis=1))
        return cls(rows, full[rows], len(full))

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Return the predictions of some of ``self.rows``, given by their positions among the training rows."""
        return self.values[np.searchsorted(self.rows, rows)]

    def full(self) -> np.ndarray:
        """Return predictions of all training rows, NaN for rows without any, shape ``(total, ...)``."""
        full = np.full((self.total, *self.values.shape[1:]), np.nan)
        full[self.rows] = self.values
        return full

    def save(self, path: str | Path) -> None:
        """Write the predictions to one file."""
        with atomic_write(path) as partial, partial.open("wb") as file:
            np.savez(file, rows=self.rows, values=self.values, total=np.int64(self.total))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what ``save`` wrote."""
        with np.load(path, allow_pickle=False) as found:
            return cls(found["rows"], found["values"], int(found["total"]))


def common_rows(several: Iterable[OutOfFold]) -> np.ndarray:
    """Return the positions of the rows that all of them predict, shape ``(r,)``; there is at least one of them."""
    return reduce(
        lambda rows, one: np.intersect1d(rows, one, assume_unique=True), (one.rows for one in several)
    )
