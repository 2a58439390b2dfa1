"""The columns of rows beside the target: known in advance, or the same in all rows of a series."""

from dataclasses import dataclass

import numpy as np

from podium_ml.forecasting.history import Past, places


@dataclass(frozen=True)
class Given:
    """Values of the other columns at every step of the past, NaN where there is no row.

    Attributes:
        past: The past of the same series.
        table: The columns, in the order of the past's values, shape ``(n, d)``.
    """

    past: Past
    table: np.ndarray

    @classmethod
    def of(cls, X: np.ndarray, past: Past) -> "Given":
        """Return what rows say.

        Args:
            X: Encoded features; the first two columns are series and step, shape ``(n, 2 + d)``.
            past: The past of the same rows.
        """
        if X.shape[1] <= 2:
            return cls(past, np.empty((len(past.flat), 0)))
        table = np.full((len(past.flat), X.shape[1] - 2), np.nan)
        codes, steps = places(X)
        series = past.find(codes)
        place = steps - past.firsts[series]
        inside = (series >= 0) & (place >= 0) & (place < past.lengths[series])
        table[past.offsets[series[inside]] + place[inside]] = X[inside, 2:]
        return cls(past, table)

    def at(self, series: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Return the columns of some steps of series, NaN outside of the past, shape ``(r, d)``."""
        place = steps - self.past.firsts[series]
        inside = (place >= 0) & (place < self.past.lengths[series])
        rows = self.table[np.where(inside, self.past.offsets[series] + place, 0)]
        return np.where(inside[:, None], rows, np.nan)
