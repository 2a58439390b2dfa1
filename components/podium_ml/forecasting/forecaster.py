"""Forecasters as scikit-learn estimators of rows: they learn the past of series, and predict rows of their future."""

from abc import abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import Self

import numpy as np
from scipy.stats import norm
from sklearn.base import BaseEstimator, RegressorMixin

from podium_ml.contracts import Problem
from podium_ml.forecasting.history import History, histories, places, until, updated
from podium_ml.forecasting.levels import LEVELS

_NORMAL = norm.ppf(LEVELS)


class LocalForecaster(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Forecasts each series from its own past.

    A row at a step that the series has already is predicted by its value, so that rows of the past need no care. A
    series without a past gets the median of the others' last values.

    Args:
        season: Steps of a season; 1 for none.
    """

    season: int = 1

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Learn the past.

        Args:
            X: Encoded features, shape ``(n, d)``.
            y: Values, or values and scales, shape ``(n,)`` or ``(n, 2)``.
            sample_weight: Ignored.
        """
        values = np.asarray(y, dtype=np.float64)
        past = histories(X, values[:, 0] if values.ndim > 1 else values)
        return self._remember({one.code: one for one in past})

    def with_history(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Return a copy that also knows further rows, and forecasts from the newest; parameters stay.

        Args:
            X: Encoded features; the code of a new series may be any number.
            y: Values, shape ``(n,)``.
        """
        return copy(self)._remember(updated(self.past_, histories(X, y)))

    def until(self, step: int) -> Self:
        """Return a copy that knows nothing after a step."""
        return copy(self)._remember(until(self.past_, step))

    def _remember(self, past: Mapping[int, History]) -> Self:
        self.past_ = dict(past)
        self.never_negative_ = {
            code: bool(np.nanmin(one.values, initial=0.0) >= 0) for code, one in past.items()
        }
        self.usual_ = float(np.median([one.filled()[-1] for one in past.values()])) if past else 0.0
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the point and the quantiles of each row, shape ``(n, 1 + q)``."""
        codes, steps = places(X)
        forecast = np.full((len(X), 1 + len(LEVELS)), self.usual_)
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            if code in self.past_:
                forecast[rows] = self._of_series(self.past_[int(code)], steps[rows])
        return forecast

    def _of_series(self, past: History, steps: np.ndarray) -> np.ndarray:
        ahead = steps - past.last
        known = past.filled()
        path = np.tile(known[np.clip(steps - past.first, 0, len(known) - 1)][:, None], 1 + len(LEVELS))
        if (horizon := int(ahead.max(initial=0))) > 0:
            future = self._bounded(past, self._forecast(past, horizon))
            path[ahead > 0] = future[ahead[ahead > 0] - 1]
        return path

    def _bounded(self, past: History, forecast: np.ndarray) -> np.ndarray:
        """Replace what is not finite by the last value, and keep a series that was never negative so."""
        forecast = np.where(np.isfinite(forecast), forecast, past.filled()[-1])
        return np.maximum(forecast, 0.0) if self.never_negative_[past.code] else forecast

    @abstractmethod
    def _forecast(self, past: History, horizon: int) -> np.ndarray:
        """Return the point and the quantiles of the next steps, shape ``(horizon, 1 + q)``."""


def spread(mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return means and the quantiles of normal distributions around them, shape ``(h, 1 + q)``.

    Args:
        mean: Means, shape ``(h,)``.
        deviation: Standard deviations, shape ``(h,)``.
    """
    return np.column_stack([mean, mean[:, None] + deviation[:, None] * _NORMAL])


def season_of(problem: Problem) -> int:
    """Return the steps of a season of a problem."""
    return max(1, problem.series.season) if problem.series is not None else 1
