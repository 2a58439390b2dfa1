"""The columns of rows beside the target: known in advance, or the same in all rows of a series."""

from dataclasses import dataclass

import numpy as np

from podium_ml.forecasting.history import Past, places

# Steps before an origin whose mean is compared with.
_MOST_BEFORE = 8


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

    def compared(
        self, given: np.ndarray, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, season: int
    ) -> np.ndarray:
        """Return columns of steps after origins, and how they differ from before, shape ``(r, 3 * d)``.

        Before is the same place in the last season, and the mean of the last steps up to the origin: values of the past
        went with these.

        Args:
            given: The columns of the steps, shape ``(r, d)``.
            series: Positions of the series.
            origins: Steps of the last known values.
            ahead: Steps after them.
            season: Steps of a season; 1 for none.
        """
        if not given.shape[1]:
            return given
        back = season * -(-ahead // season)
        count = min(_MOST_BEFORE, max(4, season))
        lags = np.unique(np.linspace(0, max(4, season) - 1, count).astype(int))
        before = np.stack([self.at(series, origins - lag) for lag in lags])
        known = np.isfinite(before)
        mean = np.where(known, before, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
        mean = np.where(known.any(axis=0), mean, np.nan)
        return np.column_stack([given, given - self.at(series, origins + ahead - back), given - mean])

    def at(self, series: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Return the columns of some steps of series, NaN outside of the past, shape ``(r, d)``."""
        place = steps - self.past.firsts[series]
        inside = (place >= 0) & (place < self.past.lengths[series])
        rows = self.table[np.where(inside, self.past.offsets[series] + place, 0)]
        return np.where(inside[:, None], rows, np.nan)
