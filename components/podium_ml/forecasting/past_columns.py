"""Columns that are known until the last value only, such as the number of visitors."""

from dataclasses import dataclass

import numpy as np

from podium_ml.forecasting.given import Given
from podium_ml.forecasting.history import Past

# Last values of a column that are features.
_LAGS = 3
# Values are at most so many deviations from their mean.
_MOST_SIZES = 10.0


@dataclass(frozen=True, eq=False)
class PastColumns:
    """Values of the columns at every step of the past, and the usual ones of each series.

    Attributes:
        given: The values.
        means: Mean of each column and series, shape ``(s, d)``.
        sizes: Standard deviation of each column and series, shape ``(s, d)``.
    """

    given: Given
    means: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, X: np.ndarray, past: Past) -> "PastColumns":
        """Return what rows say.

        Args:
            X: Codes of series, steps, and the columns, shape ``(n, 2 + d)``.
            past: The past of the same rows.
        """
        given = Given.of(X, past)
        known = np.isfinite(given.table)
        count = np.maximum(1, _sums(known.astype(np.float64), past))
        means = _sums(np.where(known, given.table, 0.0), past) / count
        away = np.where(known, given.table - means[past.series], 0.0)
        sizes = np.sqrt(_sums(away**2, past) / count)
        return cls(given, means, np.where(sizes > 0, sizes, 1.0))

    def rows(
        self, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, *, season: int, horizon: int
    ) -> np.ndarray:
        """Return features of steps after origins, from values up to the origins alone, shape ``(r, k * d)``.

        They are the last values, the mean of the last season, and the values a horizon, and whole seasons, before.

        Args:
            series: Positions of the series.
            origins: Steps of the last known values.
            ahead: Steps after them.
            season: Steps of a season; 1 for none.
            horizon: Steps that are forecast.
        """
        window = [self._at(series, origins - lag) for lag in range(max(_LAGS, min(season, 14)))]
        stack = np.stack(window)
        known = np.isfinite(stack)
        mean = np.where(known, stack, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
        # Later steps than the horizon would look beyond the origin.
        earlier = origins + np.minimum(ahead - max(1, horizon), 0)
        back = origins + ahead - season * -(-ahead // season)
        return np.column_stack([*window[:_LAGS], mean, self._at(series, earlier), self._at(series, back)])

    def _at(self, series: np.ndarray, steps: np.ndarray) -> np.ndarray:
        found = (self.given.at(series, steps) - self.means[series]) / self.sizes[series]
        return np.clip(found, -_MOST_SIZES, _MOST_SIZES)


def _sums(table: np.ndarray, past: Past) -> np.ndarray:
    """Return the sums of rows by series, shape ``(s, d)``."""
    if not len(past):
        return np.empty((0, table.shape[1]))
    return np.add.reduceat(table, past.offsets[:-1], axis=0)
