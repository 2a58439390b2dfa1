"""Forecasters as scikit-learn estimators of rows: they learn the past of series, and predict rows of their future."""

import copy
from abc import abstractmethod
from typing import Self

import numpy as np
from scipy.stats import norm
from sklearn.base import BaseEstimator, RegressorMixin

from podium_ml.contracts import Problem
from podium_ml.forecasting.given import Given
from podium_ml.forecasting.history import Past, places
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.panel.calendars import calendar_from_dict
from podium_ml.run.budget import Deadline

_NORMAL = norm.ppf(LEVELS)
# Forecasts may leave the range of the past by so many of its widths.
_REACH = 3.0
# Steps after the last value that are computed at a time; later ones repeat the last season of them.
_MOST_AHEAD = 5_000
# Seconds to learn, however short the time is.
_LEAST_SECONDS = 2.0
# From so many on, numbers are kept in single precision.
_MANY = 1_000_000


class PanelForecaster(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """What all forecasters share: they keep the past, predict each row, and bound what they predict.

    A row at a step that the series has already is predicted by its value, so that rows of the past need no care. A
    series without a past gets the median of the others' last values.

    After ``fit``, ``past_`` holds the past of the series and ``given_`` their other columns. Subclasses set ``season``.
    """

    season: int = 1

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        deadline: Deadline | None = None,
    ) -> Self:
        """Learn the past.

        Args:
            X: Encoded features: series, step, and columns that are known in advance or static, shape ``(n, d)``.
            y: Values, or values and scales, shape ``(n,)`` or ``(n, 2)``.
            sample_weight: Ignored.
            deadline: When to stop.
        """
        self._remember(X, y)
        # A share of the time that is over at once would leave the forecaster without anything.
        least, end = Deadline.after(_LEAST_SECONDS), deadline or Deadline()
        self._learn(end if end.at > least.at else least)
        return self

    def with_history(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Return a copy that also knows further rows, and forecasts from the newest.

        Args:
            X: Encoded features; the code of a new series may be any number.
            y: Values, shape ``(n,)``.
        """
        known, values = self._rows_of_past()
        return self._renewed(np.concatenate([known, X]), np.concatenate([values, y]))

    def until(self, step: int) -> Self:
        """Return a copy that knows nothing after a step."""
        X, y = self._rows_of_past()
        kept = X[:, 1] <= step
        return self._renewed(X[kept], y[kept])

    def _renewed(self, X: np.ndarray, y: np.ndarray) -> Self:
        other = copy.copy(self)
        other._remember(X, y)
        other._learn_again()
        return other

    def _rows_of_past(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that have a value, as ``fit`` takes them."""
        past = self.past_
        known = np.isfinite(past.flat)
        X = np.column_stack([past.codes[past.series], past.steps, self.given_.table])
        return X[known], past.flat[known].astype(np.float64)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the point and the quantiles of each row, shape ``(n, 1 + q)``."""
        codes, steps = places(X)
        series = self.past_.find(codes)
        forecast = np.full((len(X), 1 + len(LEVELS)), self.usual_)
        known = series >= 0
        future = known.copy()
        future[known] = steps[known] > self.past_.lasts[series[known]]
        past = known & ~future
        forecast[past] = np.nan_to_num(self.past_.at(series[past], steps[past]), nan=self.usual_)[:, None]
        if future.any():
            ahead = steps[future] - self.past_.lasts[series[future]]
            forecast[future] = self._bounded(
                series[future], self._predict_ahead(series[future], ahead, X[future, 2:])
            )
        return forecast

    def _remember(self, X: np.ndarray, y: np.ndarray) -> None:
        self.past_ = Past.of(X, y)
        self.given_ = Given.of(X, self.past_)
        filled = self.past_.filled()
        self.low_, self.high_ = filled.statistic(np.minimum), filled.statistic(np.maximum)
        self.final_ = filled.flat[filled.offsets[1:] - 1].astype(np.float64)
        self.usual_ = float(np.median(self.final_)) if len(filled) else 0.0

    def _bounded(self, series: np.ndarray, forecast: np.ndarray) -> np.ndarray:
        """Replace what is not finite by the last value, keep forecasts near the past, and never negative ones so."""
        low, high = self.low_[series, None], self.high_[series, None]
        forecast = np.where(np.isfinite(forecast), forecast, self.final_[series, None])
        width = np.maximum(high - low, 0.1 * np.maximum(np.abs(low), np.abs(high)))
        forecast = np.clip(forecast, low - _REACH * width, high + _REACH * width)
        forecast = np.where(low >= 0, np.maximum(forecast, 0.0), forecast)
        return np.where(high == low, low, forecast)

    @abstractmethod
    def _learn(self, deadline: Deadline) -> None:
        """Learn from ``past_`` and ``given_``."""

    def _learn_again(self) -> None:
        """Learn what depends on the newest past."""
        self._learn(Deadline())

    @abstractmethod
    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return the point and the quantiles of steps after the last one of their series, shape ``(n, 1 + q)``.

        Args:
            series: Positions of the series in ``past_``, shape ``(n,)``.
            ahead: Steps after their last one, at least 1, shape ``(n,)``.
            given: Columns that are known in advance or static, shape ``(n, d)``.
        """


class LocalForecaster(PanelForecaster):
    """Forecasts each series from its own past alone.

    Args:
        horizon: Steps that are forecast at once; later ones are computed when they are asked for.
        season: Steps of a season; 1 for none.
    """

    def __init__(self, horizon: int = 1, season: int = 1) -> None:
        self.horizon, self.season = horizon, season

    def _learn(self, deadline: Deadline) -> None:
        every = np.arange(len(self.past_))
        self.point_, self.deviation_ = (
            one.astype(np.float32) if one.size > _MANY else one for one in self._paths(every, self.horizon)
        )

    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        if ahead.max() <= self.horizon:
            return spread(self.point_[series, ahead - 1], self.deviation_[series, ahead - 1])
        wanted, row = np.unique(series, return_inverse=True)
        late = ahead > _MOST_AHEAD
        place = np.where(late, _MOST_AHEAD - 1 - (_MOST_AHEAD - ahead) % self.season, ahead - 1)
        point, deviation = self._paths(wanted, int(place.max()) + 1)
        return spread(point[row, place], deviation[row, place])

    @abstractmethod
    def _paths(self, series: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the next values of series and their standard deviations, shape ``(s, horizon)`` each.

        Args:
            series: Positions of the series in ``past_``, ascending.
            horizon: Number of steps.
        """


def spread(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return means and the quantiles of normal distributions around them, shape ``(n, 1 + q)``.

    Args:
        mean: Means, shape ``(n,)``.
        deviation: Standard deviations, shape ``(n,)``.
    """
    return np.column_stack([mean, mean[:, None] + deviation[:, None] * _NORMAL])


def season_of(problem: Problem) -> int:
    """Return the steps of a season of a problem."""
    return max(1, problem.series.season) if problem.series is not None else 1


def horizon_of(problem: Problem) -> int:
    """Return the steps from the last known value to the last one to forecast."""
    assert problem.series is not None
    return problem.series.reach


def periods_of(problem: Problem) -> tuple[float, ...]:
    """Return the lengths of all seasons in steps, which need not be whole; the one of the problem is always there."""
    assert problem.series is not None
    usual = calendar_from_dict(problem.series.calendar).seasons if problem.series.calendar else ()
    season = season_of(problem)
    if any(round(one) == season for one in usual):
        return tuple(usual)
    return (float(season), *(one for one in usual if one > season)) if season > 1 else ()
