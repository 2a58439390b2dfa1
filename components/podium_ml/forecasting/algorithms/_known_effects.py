"""What columns that are known in advance do to the values of a single series."""

import numpy as np

from podium_ml.forecasting.given import Given
from podium_ml.forecasting.history import Past

_PENALTY = 0.1
# Logarithms change by at most so much.
_MOST_LOG = 3.0


def effect_of(values: np.ndarray, table: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the effect of each column on the changes of the values from a season before, and the columns' means.

    Args:
        values: Values of a series without gaps, shape ``(t,)``.
        table: The columns at the same steps, NaN where they are missing, shape ``(t, d)``.
        season: Steps of a season; 1 for none.
    """
    width = table.shape[1]
    known = np.isfinite(table)
    means = np.where(known, table, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    lag = season if len(values) > 2 * season + 2 * width else 1
    effect = np.zeros(width)
    if not width or len(values) < lag + 2 * width + 2:
        return effect, means
    moved, change = np.nan_to_num(table[lag:] - table[:-lag]), values[lag:] - values[:-lag]
    size = moved.std(axis=0)
    used = size > 0
    if used.any():
        scaled = moved[:, used] / size[used]
        penalty = np.eye(scaled.shape[1]) * _PENALTY * np.sqrt(len(scaled))
        effect[used] = (
            np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (change - change.mean())) / size[used]
        )
    return effect, means


class KnownEffects:
    """Effects of the known columns on many series; on the logarithms of those that are positive.

    Attributes:
        effects: Effect of each column on each series, shape ``(s, d)``.
        means: Means of the columns, shape ``(s, d)``.
        logs: Whether the effect is on logarithms, shape ``(s,)``.
    """

    def __init__(self, effects: np.ndarray, means: np.ndarray, logs: np.ndarray) -> None:
        self.effects, self.means, self.logs = effects, means, logs

    @classmethod
    def of(cls, past: Past, given: Given, season: int) -> "KnownEffects":
        """Return the effects that a past without gaps shows."""
        shape = (len(past), given.table.shape[1])
        found = cls(np.zeros(shape), np.zeros(shape), past.statistic(np.minimum) > 0)
        for at in range(len(past)):
            values = past.of_series(at).astype(np.float64)
            table = given.table[past.offsets[at] : past.offsets[at + 1]]
            found.effects[at], found.means[at] = effect_of(
                np.log(values) if found.logs[at] else values, table, season
            )
        return found

    def removed(self, past: Past, given: Given) -> Past:
        """Return the values that series would have had if the columns had been as usual."""
        moved = self._moved(past.series, given.table)
        logs = self.logs[past.series]
        flat = np.where(logs, past.flat * np.exp(-np.where(logs, moved, 0.0)), past.flat - moved)
        return Past(past.codes, past.firsts, past.offsets, flat.astype(past.flat.dtype))

    def added(self, forecast: np.ndarray, series: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return forecasts with the effects of the columns.

        Args:
            forecast: Points and quantiles, shape ``(n, 1 + q)``.
            series: Positions of the series, shape ``(n,)``.
            given: The columns, shape ``(n, d)``.
        """
        moved = self._moved(series, given)[:, None]
        logs = self.logs[series][:, None]
        found: np.ndarray = np.where(logs, forecast * np.exp(np.where(logs, moved, 0.0)), forecast + moved)
        return found

    def _moved(self, series: np.ndarray, given: np.ndarray) -> np.ndarray:
        moved = (np.nan_to_num(given - self.means[series]) * self.effects[series]).sum(axis=1)
        return np.where(self.logs[series], np.clip(moved, -_MOST_LOG, _MOST_LOG), moved)
