"""Forecasts of demand that is mostly zero."""

from typing import Literal

import numpy as np

from podium_ml.forecasting.algorithms._naive import MatrixForecaster, root_mean_square

Method = Literal["sba", "tsb", "adida"]


class IntermittentDemand(MatrixForecaster):
    """Smooths the size of demand and how often there is some.

    ``sba`` is Croston's method (1972) with the correction of Syntetos and Boylan (2005), ``tsb`` smooths the
    probability of demand (Teunter, Syntetos and Babai 2011), ``adida`` the sums of stretches as long as the mean
    distance of two demands (Nikolopoulos et al. 2011).

    Args:
        horizon: Steps that are forecast at once.
        season: Ignored.
        method: Which of them.
        alpha: Weight of the newest value.
    """

    def __init__(self, horizon: int = 1, season: int = 1, method: Method = "sba", alpha: float = 0.1) -> None:
        super().__init__(horizon, season)
        self.method, self.alpha = method, alpha

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        mean = {"sba": self._croston, "tsb": self._tsb, "adida": self._adida}[self.method](Y)
        deviation = root_mean_square(Y - mean[:, None], otherwise=np.abs(mean))
        return np.repeat(mean[:, None], horizon, axis=1), np.repeat(deviation[:, None], horizon, axis=1)

    def _croston(self, Y: np.ndarray) -> np.ndarray:
        size, distance, since = np.full(len(Y), np.nan), np.full(len(Y), np.nan), np.ones(len(Y))
        for values in Y.T:
            demand = np.nan_to_num(values) != 0
            first = demand & np.isnan(size)
            size = np.where(first, values, np.where(demand, size + self.alpha * (values - size), size))
            distance = np.where(
                first, since, np.where(demand, distance + self.alpha * (since - distance), distance)
            )
            since = np.where(demand, 1.0, since + np.isfinite(values))
        return np.nan_to_num(size / distance) * (1 - self.alpha / 2)

    def _tsb(self, Y: np.ndarray) -> np.ndarray:
        demand = np.where(np.isfinite(Y), Y != 0, np.nan)
        share = np.nanmean(demand, axis=1)
        size = np.nansum(Y, axis=1) / np.maximum(1, np.nansum(demand, axis=1))
        for values in Y.T:
            known, some = np.isfinite(values), np.nan_to_num(values) != 0
            share = np.where(known, share + self.alpha * (some - share), share)
            size = np.where(some, size + self.alpha * (values - size), size)
        return share * size

    def _adida(self, Y: np.ndarray) -> np.ndarray:
        known = np.isfinite(Y).sum(axis=1)
        demands = np.maximum(1, ((Y != 0) & np.isfinite(Y)).sum(axis=1))
        stretch = np.clip(np.round(known / demands), 1, known).astype(np.int64)
        mean = np.empty(len(Y))
        for length in np.unique(stretch):
            rows = np.flatnonzero(stretch == length)
            whole = Y.shape[1] // length * length
            sums = Y[rows, Y.shape[1] - whole :].reshape(len(rows), -1, length).sum(axis=2)
            level = np.nanmean(sums, axis=1)
            for values in sums.T:
                level = np.where(np.isfinite(values), level + 2 * self.alpha * (values - level), level)
            mean[rows] = level / length
        return mean
