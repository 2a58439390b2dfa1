"""Vectors, such as embeddings, and lists of measurements: numbers that stay numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.tabular.features._column import Part
from podium_ml.values.vectors import read_vector

# Longer vectors are averaged over neighbouring positions, so that models can be trained in time.
_MOST_FEATURES = 1_024
_SUMMARIES: dict[str, tuple[str, Callable[[np.ndarray], float]]] = {
    "count": ("number of values", len),
    "mean": ("mean of the values", np.mean),
    "deviation": ("standard deviation of the values", np.std),
    "least": ("smallest value", np.min),
    "most": ("greatest value", np.max),
    "first": ("first value", lambda numbers: numbers[0]),
    "last": ("last value", lambda numbers: numbers[-1]),
}


@dataclass(frozen=True)
class VectorColumn:
    """Vectors of one length: one feature a position, missing for vectors of another length.

    Attributes:
        length: Their length.
    """

    length: int

    @property
    def parts(self) -> tuple[Part, ...]:
        """The numbers, by position."""
        what = "number" if self._width == 1 else f"mean of {self._width} numbers"
        return tuple(
            Part(str(start + 1), "numeric", f"{what} of the vector, from position {start + 1}")
            for start in range(0, self.length, self._width)
        )

    def transform(self, column: pd.Series) -> list[Any]:
        """Return one array per position, NaN for missing."""
        numbers = np.full((len(column), self.length), np.nan)
        for row, value in enumerate(column):
            vector = read_vector(value)
            if vector is not None and len(vector) == self.length:
                numbers[row] = vector
        starts = np.arange(0, self.length, self._width)
        sizes = np.diff(np.append(starts, self.length))
        return list((np.add.reduceat(numbers, starts, axis=1) / sizes).T.copy())

    @property
    def _width(self) -> int:
        return -(-self.length // _MOST_FEATURES)


@dataclass(frozen=True)
class MeasurementsColumn:
    """Lists of numbers of different lengths: what they are like as a whole."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The summaries of a list."""
        return tuple(Part(name, "numeric", how) for name, (how, _) in _SUMMARIES.items())

    def transform(self, column: pd.Series) -> list[Any]:
        """Return one array per summary, NaN for missing; an empty list has a number of values alone."""
        found = np.full((len(_SUMMARIES), len(column)), np.nan)
        for row, value in enumerate(column):
            vector = read_vector(value)
            if vector is not None:
                known = vector[~np.isnan(vector)]
                found[0, row] = len(known)
                if len(known):
                    found[:, row] = [summary(known) for _, summary in _SUMMARIES.values()]
        return list(found)
