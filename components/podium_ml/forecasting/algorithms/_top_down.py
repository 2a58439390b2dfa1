"""Forecasts of series that move together."""

from typing import Literal

import numpy as np

from podium_ml.forecasting.algorithms._batch import Smoothing, Theta
from podium_ml.forecasting.algorithms._naive import MatrixForecaster
from podium_ml.forecasting.forecaster import LocalForecaster
from podium_ml.forecasting.given import Given
from podium_ml.forecasting.history import Past

# Seasons, and steps, that series must have together.
_FEWEST_SEASONS, _FEWEST_STEPS = 3, 12


class TopDown(LocalForecaster):
    """Moves the forecasts of the series so that their sum is the forecast of the sum.

    What all series have in common, such as a trend, shows in their sum before it shows in each of them, because their
    noise cancels out. Each series is moved in proportion to its size (Gross and Sohl 1990). Series that ended before
    the others stay as they are.

    Args:
        horizon: Steps that are forecast at once.
        season: Steps of a season; 1 for none.
        base: What forecasts the series and their sum.
        values: Number of values of all series, on which the fineness of smoothing depends.
    """

    def __init__(
        self,
        horizon: int = 1,
        season: int = 1,
        base: Literal["smoothing", "theta"] = "smoothing",
        values: int = 0,
    ) -> None:
        super().__init__(horizon, season)
        self.base, self.values = base, values

    def _paths(self, series: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        past = self.past_.filled(self.season)
        point, deviation = self._of(past, horizon)
        members, start = together(past)
        last = int(past.lasts.max())
        length = last - start + 1
        if len(members) > 1 and length >= max(_FEWEST_STEPS, _FEWEST_SEASONS * self.season):
            steps = np.arange(start, last + 1)
            sums = past.at(members[:, None], steps).sum(axis=0)
            whole = Past(np.zeros(1, np.int64), np.array([start]), np.array([0, length]), sums)
            change = self._of(whole, horizon)[0] - point[members].sum(axis=0)
            size = _sizes(past)[members]
            point[members] += change * (size / max(float(size.sum()), 1e-300))[:, None]
        return point[series], deviation[series]

    def _of(self, past: Past, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        one: MatrixForecaster = (
            Theta(horizon, self.season)
            if self.base == "theta"
            else Smoothing(horizon, self.season, values=self.values)
        )
        one.past_, one.given_ = past, Given(past, np.empty((len(past.flat), 0)))
        return one._paths(np.arange(len(past)), horizon)


def together(past: Past) -> tuple[np.ndarray, int]:
    """Return the positions of series that reach the last step of all, and the step from which on they are complete.

    Series that begin late are left out where the others would lose too many steps: the product of the number of series
    and of steps is the largest.
    """
    current = np.flatnonzero(past.lasts == past.lasts.max())
    order = current[np.argsort(past.firsts[current], kind="stable")]
    steps = past.lasts.max() - past.firsts[order] + 1
    count = int(np.argmax(steps * np.arange(1, len(order) + 1))) + 1
    return np.sort(order[:count]), int(past.firsts[order[count - 1]])


def _sizes(past: Past) -> np.ndarray:
    """Return the mean absolute value of each series, shape ``(s,)``."""
    sizes = Past(past.codes, past.firsts, past.offsets, np.abs(past.flat))
    return sizes.statistic(np.add) / past.lengths
