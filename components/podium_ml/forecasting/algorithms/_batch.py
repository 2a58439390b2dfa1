"""Exponential smoothing and Theta for many series at a time."""

import numpy as np

from podium_ml.forecasting.algorithms._naive import MatrixForecaster
from podium_ml.forecasting.algorithms._smoothing import make_grid, paths, seasonal_effects, smooth

# Configurations of each series that are averaged.
_AVERAGED = 8
# Updates of one state that a fine grid may take.
_MOST_UPDATES = 800_000_000
_CHUNK_ROWS = 4_000


class Smoothing(MatrixForecaster):
    """Averages exponential smoothing with many configurations, weighted by information criterion.

    Args:
        horizon: Steps that are forecast at once.
        season: Steps of a season; 1 for none.
        trends: Forms of the trend.
        scale: ``plain``, ``log`` for positive series, or ``both``, chosen for each series.
        sharpness: Weight of the information criterion; 1 is that of Akaike weights.
        values: Number of values of all series, on which the fineness of the grid depends.
    """

    seasons_needed, follows_known = 2, True

    def __init__(
        self,
        horizon: int = 1,
        season: int = 1,
        trends: tuple[str, ...] = ("none", "damped", "linear"),
        scale: str = "both",
        sharpness: float = 1.0,
        values: int = 0,
    ) -> None:
        super().__init__(horizon, season)
        self.trends, self.scale, self.sharpness, self.values = trends, scale, sharpness, values

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        parts = [
            self._of_part(Y[start : start + _CHUNK_ROWS], season, horizon)
            for start in range(0, len(Y), _CHUNK_ROWS)
        ]
        point, deviation = (np.concatenate(one) for one in zip(*parts, strict=True))
        return point, deviation

    def _of_part(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        positive = np.nanmin(Y, axis=1) > 0
        plain = self._smoothed(Y, season, horizon)
        if self.scale == "plain" or not positive.any():
            return plain[:2]
        logs = self._smoothed(np.log(Y[positive]), season, horizon)
        point, deviation, loss = (one.copy() for one in plain)
        # The likelihood of logarithms is that of the values, times the derivative.
        better = logs[2] + 2 * np.nansum(np.log(Y[positive]), axis=1) < loss[positive]
        if self.scale == "log":
            better[:] = True
        rows = np.flatnonzero(positive)[better]
        with np.errstate(over="ignore", invalid="ignore"):
            point[rows] = np.exp(logs[0][better])
            deviation[rows] = point[rows] * logs[1][better]
        return point, deviation

    def _smoothed(
        self, Y: np.ndarray, season: int, horizon: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return forecasts, their deviations, and the information criterion of each series."""
        Z, center, size = standardized(Y)
        fine = self.values * len(make_grid(season, fine=True)) < _MOST_UPDATES
        grid = make_grid(season, fine=fine, trends=self.trends)
        states = smooth(Z, season, grid)
        count = states.count[:, None]
        variance = np.maximum(states.squares / count, 1e-8)
        used = grid.parameters + grid.seasonal * (season - 1)
        room = np.maximum(1.0, count - used - 1)
        criterion = count * np.log(variance) + 2 * used * count / room
        chosen = np.argpartition(criterion, min(_AVERAGED, len(grid)) - 1, axis=1)[:, :_AVERAGED]
        rows = np.arange(len(Y))[:, None]
        best = criterion.min(axis=1, keepdims=True)
        weight = np.exp(-0.5 * self.sharpness * (criterion[rows, chosen] - best))
        weight /= weight.sum(axis=1, keepdims=True)
        each = paths(states, chosen, grid, horizon)
        point = (weight[..., None] * each).sum(axis=1)
        squares = variance[rows, chosen][..., None] * grid.growth(horizon, season)[chosen]
        squares = (weight[..., None] * (squares + (each - point[:, None]) ** 2)).sum(axis=1)
        loss = best[:, 0] + states.count * np.log(size[:, 0] ** 2)
        return center + size * point, size * np.sqrt(squares), loss


class Theta(MatrixForecaster):
    """Half the slope of a line through the series on top of simple smoothing, after taking the season out.

    It is the method of Assimakopoulos and Nikolopoulos (2000), which is smoothing with drift (Hyndman and Billah 2003).

    Args:
        horizon: Steps that are forecast at once.
        season: Steps of a season; 1 for none.
        scale: ``plain``, or ``log`` for positive series, which makes season and trend multiplicative.
        slope: Share of the slope that the forecasts keep.
    """

    seasons_needed, follows_known = 2, True

    def __init__(self, horizon: int = 1, season: int = 1, scale: str = "log", slope: float = 0.5) -> None:
        super().__init__(horizon, season)
        self.scale, self.slope = scale, slope

    def _of_matrix(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        positive = (np.nanmin(Y, axis=1) > 0) & (self.scale == "log")
        point, deviation = np.empty((len(Y), horizon)), np.empty((len(Y), horizon))
        if (~positive).any():
            point[~positive], deviation[~positive] = self._of_values(Y[~positive], season, horizon)
        if positive.any():
            mean, error = self._of_values(np.log(Y[positive]), season, horizon)
            with np.errstate(over="ignore", invalid="ignore"):
                point[positive] = np.exp(mean)
                deviation[positive] = point[positive] * error
        return point, deviation

    def _of_values(self, Y: np.ndarray, season: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        Z, center, size = standardized(Y)
        width, ahead = Z.shape[1], np.arange(1, horizon + 1)
        effects = np.where(_is_seasonal(Z, season), seasonal_effects(Z, season), 0.0)
        rest = Z - effects[:, (np.arange(width) - width) % season]
        slope = self.slope * _slope(rest)
        line = slope[:, None] * (np.arange(width) - width + 1)
        grid = make_grid(1, fine=True, trends=("none",))
        states = smooth(rest - line, 1, grid)
        rows, best = np.arange(len(Z)), states.squares.argmin(axis=1)
        point = states.level[rows, best][:, None] + slope[:, None] * ahead + effects[:, (ahead - 1) % season]
        variance = states.squares[rows, best] / states.count
        return center + size * point, size * np.sqrt(variance[:, None] * grid.growth(horizon, 1)[best])


def standardized(Y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values less their mean, divided by their deviation, and these two, shape ``(s, 1)`` each."""
    center = np.nanmean(Y, axis=1, keepdims=True)
    size = np.nanstd(Y, axis=1, keepdims=True)
    size = np.where(size > 0, size, 1.0)
    return (Y - center) / size, center, size


def _slope(Z: np.ndarray) -> np.ndarray:
    """Return the slope of the line of least squares through each row, shape ``(s,)``."""
    known = np.isfinite(Z)
    count = known.sum(axis=1, keepdims=True)
    t = np.where(known, np.arange(Z.shape[1]), 0.0)
    t = np.where(known, t - t.sum(axis=1, keepdims=True) / count, 0.0)
    return (t * np.nan_to_num(Z)).sum(axis=1) / np.maximum((t**2).sum(axis=1), 1e-12)


def _is_seasonal(Z: np.ndarray, season: int) -> np.ndarray:
    """Return which rows are alike a season later, by the test of the autocorrelation at 90 %, shape ``(s, 1)``."""
    if season <= 1:
        return np.zeros((len(Z), 1), dtype=bool)
    values = np.nan_to_num(Z - _slope(Z)[:, None] * (np.arange(Z.shape[1]) - Z.shape[1]))
    values -= values.mean(axis=1, keepdims=True)
    square = np.maximum((values**2).sum(axis=1), 1e-12)
    lags = np.column_stack(
        [(values[:, lag:] * values[:, :-lag]).sum(axis=1) / square for lag in range(1, season + 1)]
    )
    limit = 1.645 * np.sqrt((1 + 2 * (lags[:, :-1] ** 2).sum(axis=1)) / np.isfinite(Z).sum(axis=1))
    return (lags[:, -1:] > limit[:, None]) | (np.abs(lags[:, -1:]) > limit[:, None])
