"""Forecasters that repeat or average what they have seen."""

from typing import ClassVar

import numpy as np

from podium_ml.forecasting.algorithms._known_effects import KnownEffects
from podium_ml.forecasting.forecaster import LocalForecaster
from podium_ml.forecasting.history import Past, chunks
from podium_ml.run.budget import Deadline

# Values of a series that are read, and cells of a matrix.
_MOST_VALUES, _MOST_CELLS = 1_000, 4_000_000


class MatrixForecaster(LocalForecaster):
    """Forecasts many series at a time, whose last values it gets as the rows of matrices.

    Attributes:
        seasons_needed: Series that have fewer seasons are forecast without one.
        follows_known: Whether the effects of columns that are known in advance are taken off the values, and put on the
            forecasts.
    """

    seasons_needed: ClassVar[float] = 1.01
    follows_known: ClassVar[bool] = False

    def _learn(self, deadline: Deadline) -> None:
        if self._follows:
            found = KnownEffects.of(self.past_.filled(self.season), self.given_, self.season)
            self.effects_, self.means_, self.logged_ = found.effects, found.means, found.logs
        super()._learn(deadline)

    @property
    def _follows(self) -> bool:
        return self.follows_known and self.given_.table.shape[1] > 0

    @property
    def _known(self) -> KnownEffects:
        return KnownEffects(self.effects_, self.means_, self.logged_)

    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        forecast = super()._predict_ahead(series, ahead, given)
        return self._known.added(forecast, series, given) if self._follows else forecast

    def _gapless(self, series: np.ndarray) -> Past:
        """Return the values of series that they would have had without the effects of known columns."""
        if not self._follows:
            return self.past_.subset(series).filled(self.season)
        return self._known.removed(self.past_.filled(self.season), self.given_).subset(series)

    def _paths(self, series: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        point, deviation = np.empty((len(series), horizon)), np.empty((len(series), horizon))
        past = self._gapless(series)
        most = max(_MOST_VALUES, 4 * self.season)
        cells = np.minimum(past.lengths, most) + horizon
        # Series that are too short for a season are forecast without one.
        for short in (False, True):
            members = np.flatnonzero((past.lengths < self.seasons_needed * self.season) == short)
            for group in chunks(cells[members], _MOST_CELLS):
                rows = members[group]
                point[rows], deviation[rows] = self._of_matrix(
                    past.subset(rows).matrix(most), 1 if short else self.season, horizon
                )
        return point, deviation

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the next values and their standard deviations, shape ``(s, horizon)`` each.

        Args:
            Y: Values, aligned at the end, NaN before the first one, shape ``(s, t)``.
            season: Steps of a season, fewer than each series has values unless it is 1.
            horizon: Number of steps.
        """
        raise NotImplementedError


class SeasonalNaive(MatrixForecaster):
    """Repeats the last season; without one, the last value."""

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        ahead = np.arange(horizon)
        point = Y[:, Y.shape[1] - season + ahead % season]
        deviation = root_mean_square(Y[:, season:] - Y[:, :-season], otherwise=np.abs(Y[:, -1]))
        return point, deviation[:, None] * np.sqrt(ahead // season + 1)


class Drift(MatrixForecaster):
    """Goes on from the last value with the mean slope."""

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        ahead, change = np.arange(1, horizon + 1), np.diff(Y, axis=1)
        count = np.isfinite(change).sum(axis=1)
        slope = np.nansum(change, axis=1) / np.maximum(1, count)
        deviation = root_mean_square(change - slope[:, None], otherwise=np.abs(Y[:, -1]))
        growth = np.sqrt(ahead * (1 + ahead / np.maximum(1, count)[:, None]))
        return Y[:, -1:] + slope[:, None] * ahead, deviation[:, None] * growth


class SeasonalMean(MatrixForecaster):
    """Predicts the mean or the median of the last values of the same place in the season.

    Args:
        horizon: Steps that are forecast at once.
        season: Steps of a season; 1 for the mean of the last values.
        seasons: Number of seasons to average.
        statistic: ``mean`` or ``median``.
    """

    def __init__(self, horizon: int = 1, season: int = 1, seasons: int = 4, statistic: str = "mean") -> None:
        super().__init__(horizon, season)
        self.seasons, self.statistic = seasons, statistic

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        count = max(1, min(self.seasons, Y.shape[1] // season))
        window = Y[:, Y.shape[1] - count * season :].reshape(len(Y), count, season)
        mean = (np.nanmedian if self.statistic == "median" else np.nanmean)(window, axis=1)
        errors = (window - mean[:, None]).reshape(len(Y), -1)
        deviation = root_mean_square(errors, otherwise=np.abs(mean[:, -1])) * np.sqrt(
            count / max(1, count - 1)
        )
        return mean[:, np.arange(horizon) % season], np.repeat(deviation[:, None], horizon, axis=1)


def root_mean_square(errors: np.ndarray, *, otherwise: np.ndarray) -> np.ndarray:
    """Return the root of the mean square of the known errors of each row, shape ``(s,)``.

    Args:
        errors: Errors, shape ``(s, t)``.
        otherwise: What to return for rows without errors, shape ``(s,)``.
    """
    count = np.isfinite(errors).sum(axis=1)
    squares = np.nansum(errors**2, axis=1)
    return np.where(count > 0, np.sqrt(squares / np.maximum(1, count)), otherwise)
