"""Forecasting as regression on rows: from an origin, each later step is a row with the past before the origin."""

from copy import copy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone

from podium_ml.forecasting.history import History, histories, places, until, updated
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.panel.calendars import Calendar, calendar_from_dict

_LAGS = 6
# Rows to learn from, and the part of the origins, the latest, whose errors tell the quantiles.
_MOST_ROWS, _CALIBRATION = 200_000, 0.2
_FEWEST_ERRORS = 20


@dataclass(frozen=True)
class _Rows:
    """Features of steps after origins, with the level and the scale of their series at the origin."""

    X: np.ndarray
    level: np.ndarray
    scale: np.ndarray


class Reduction(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Learns all series together with a regressor whose features include the number of steps ahead.

    Args:
        regressor: A scikit-learn regressor that takes missing values.
        horizon: Steps ahead that it learns.
        season: Steps of a season; 1 for none.
        calendar: The calendar of the series; see ``Calendar.to_dict``.
        seed: Seed of the sample of rows.
    """

    def __init__(
        self,
        regressor: Any,
        horizon: int,
        season: int = 1,
        calendar: dict[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        self.regressor, self.horizon, self.season = regressor, horizon, season
        self.calendar, self.seed = calendar, seed

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Learn from all series.

        Args:
            X: Encoded features: series, step, and columns that are known in advance or static, shape ``(n, d)``.
            y: Values, or values and scales.
            sample_weight: Ignored; series count alike because each is scaled.
        """
        values = np.asarray(y, dtype=np.float64)
        values = values[:, 0] if values.ndim > 1 else values
        self.past_ = {one.code: one for one in histories(X, values)}
        self.columns_ = X.shape[1] - 2
        self.given_ = _given(X, self.columns_)
        self.never_negative_ = all(np.nanmin(one.values, initial=0.0) >= 0 for one in self.past_.values())
        codes, origins, ahead = self._pairs()
        rows = self._rows(codes, origins, ahead)
        target = self._values_at(codes, origins + ahead)
        known = np.isfinite(target)
        scaled = (target - rows.level) / rows.scale
        late = origins >= np.quantile(origins, 1 - _CALIBRATION)
        self.errors_ = self._errors(rows.X, scaled, ahead, known, late)
        self.regressor_ = clone(self.regressor).fit(rows.X[known], scaled[known])
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the point and the quantiles of each row, shape ``(n, 1 + q)``; values of the past as they are."""
        codes, steps = places(X)
        forecast = np.zeros((len(X), 1 + len(LEVELS)))
        last = np.array([self.past_[code].last if code in self.past_ else -1 for code in codes])
        known = np.array([code in self.past_ for code in codes], dtype=bool)
        future = known & (steps > last)
        past = known & ~future
        forecast[past] = np.nan_to_num(self._values_at(codes[past], steps[past]))[:, None]
        usual = np.median([one.filled()[-1] for one in self.past_.values()])
        forecast[~known] = usual
        if future.any():
            forecast[future] = self._of_future(codes[future], last[future], steps[future], X[future, 2:])
        return forecast

    def with_history(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Return a copy that also knows further rows, and forecasts from the newest; see ``LocalForecaster``."""
        renewed = copy(self)
        renewed.past_ = updated(self.past_, histories(X, y))
        return renewed

    def until(self, step: int) -> Self:
        """Return a copy that knows nothing after a step."""
        renewed = copy(self)
        renewed.past_ = until(self.past_, step)
        return renewed

    def _of_future(
        self, codes: np.ndarray, last: np.ndarray, steps: np.ndarray, given: np.ndarray
    ) -> np.ndarray:
        ahead = steps - last
        rows = self._rows(codes, last, ahead, given=given)
        point = np.asarray(self.regressor_.predict(rows.X), dtype=np.float64)
        place = np.minimum(ahead, self.horizon) - 1
        wider = np.sqrt(np.maximum(ahead / self.horizon, 1.0))
        quantiles = point[:, None] + self.errors_[place] * wider[:, None]
        scaled = np.column_stack([point, quantiles])
        forecast = rows.level[:, None] + scaled * rows.scale[:, None]
        return np.maximum(forecast, 0.0) if self.never_negative_ else forecast

    def _pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return series, origin and steps ahead of the rows to learn from; a sample of them if there are many."""
        parts = []
        for one in self.past_.values():
            first = one.first + min(len(one.values) - 2, max(2, self.season))
            origins = np.arange(first, one.last)
            ahead = np.arange(1, self.horizon + 1)
            pairs = np.stack(np.meshgrid(origins, ahead, indexing="ij"), axis=-1).reshape(-1, 2)
            pairs = pairs[pairs.sum(axis=1) <= one.last]
            parts.append(np.column_stack([np.full(len(pairs), one.code), pairs]))
        pairs = np.concatenate(parts).astype(np.int64)
        if len(pairs) > _MOST_ROWS:
            kept = np.random.default_rng(self.seed).choice(len(pairs), _MOST_ROWS, replace=False)
            pairs = pairs[np.sort(kept)]
        return pairs[:, 0], pairs[:, 1], pairs[:, 2]

    def _rows(
        self, codes: np.ndarray, origins: np.ndarray, ahead: np.ndarray, *, given: np.ndarray | None = None
    ) -> _Rows:
        """Return the features of some steps after origins; nothing after an origin is used but what is given."""
        X = np.full((len(codes), 4 + _LAGS + 4 + self.columns_ + len(self._dates(origins[:0]).T)), np.nan)
        level, scale = np.zeros(len(codes)), np.ones(len(codes))
        season, dates = self.season, self._dates(origins + ahead)
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            past = _Past(self.past_[int(code)], season)
            at, k = origins[rows] - past.first, ahead[rows]
            level[rows], scale[rows] = past.level(at), past.scale
            block = [
                np.full(len(rows), float(code)),
                k.astype(float),
                (origins[rows] + k) % season,
                past.slope(at) / past.scale,
                *((past.value(at - lag) - level[rows]) / past.scale for lag in range(_LAGS)),
                *((past.value(at + k - lag) - level[rows]) / past.scale for lag in _season_lags(k, season)),
                (past.mean(at, season) - level[rows]) / past.scale,
                (past.mean(at, 4 * season) - level[rows]) / past.scale,
            ]
            X[rows, : len(block)] = np.column_stack(block)
        width = 4 + _LAGS + 4
        if self.columns_:
            X[:, width : width + self.columns_] = (
                self._given_at(codes, origins + ahead) if given is None else given
            )
        X[:, width + self.columns_ :] = dates
        return _Rows(X, level, scale)

    def _dates(self, steps: np.ndarray) -> np.ndarray:
        """Return the weekday, the day of the month and the month of stamps, shape ``(n, 3)``."""
        calendar: Calendar | None = calendar_from_dict(self.calendar) if self.calendar else None
        if calendar is None or getattr(calendar, "counts", False):
            return np.empty((len(steps), 0))
        days = calendar.moments(steps).astype("M8[D]")
        months = days.astype("M8[M]")
        return np.column_stack(
            [
                (days.astype(np.int64) + 3) % 7,
                (days - months.astype("M8[D]")).astype(np.int64),
                months.astype(np.int64) % 12,
            ]
        ).astype(float)

    def _values_at(self, codes: np.ndarray, steps: np.ndarray) -> np.ndarray:
        values = np.full(len(codes), np.nan)
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            past = self.past_[int(code)]
            at = steps[rows] - past.first
            inside = (at >= 0) & (at < len(past.values))
            values[rows[inside]] = past.values[at[inside]]
        return values

    def _given_at(self, codes: np.ndarray, steps: np.ndarray) -> np.ndarray:
        found = np.full((len(codes), self.columns_), np.nan)
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            first, table = self.given_[int(code)]
            at = steps[rows] - first
            inside = (at >= 0) & (at < len(table))
            found[rows[inside]] = table[at[inside]]
        return found

    def _errors(
        self, X: np.ndarray, scaled: np.ndarray, ahead: np.ndarray, known: np.ndarray, late: np.ndarray
    ) -> np.ndarray:
        """Return the quantiles of errors on the latest origins by a model of the earlier ones, shape ``(h, q)``."""
        early, checked = known & ~late, known & late
        if early.sum() < _FEWEST_ERRORS or checked.sum() < _FEWEST_ERRORS:
            early = checked = known
        model = clone(self.regressor).fit(X[early], scaled[early])
        errors = scaled[checked] - model.predict(X[checked])
        steps = ahead[checked]
        quantiles = np.empty((self.horizon, len(LEVELS)))
        for k in range(1, self.horizon + 1):
            width = max(1, self.horizon // 8)
            near = errors[np.abs(steps - k) <= width]
            quantiles[k - 1] = np.quantile(near if len(near) >= _FEWEST_ERRORS else errors, LEVELS)
        return quantiles


class _Past:
    """What features ask of the past of a series: values, means and slopes up to a place."""

    def __init__(self, history: History, season: int) -> None:
        self.first, self._season = history.first, season
        self._values = history.filled(season)
        self._sums = np.append(0.0, np.cumsum(self._values))
        lag = season if len(self._values) > season else 1
        change = np.abs(self._values[lag:] - self._values[:-lag])
        size = float(change.mean()) if len(change) else 0.0
        self.scale = size or float(np.abs(self._values).mean()) or 1.0

    def value(self, at: np.ndarray) -> np.ndarray:
        inside = (at >= 0) & (at < len(self._values))
        return np.where(inside, self._values[np.clip(at, 0, len(self._values) - 1)], np.nan)

    def mean(self, at: np.ndarray, count: int) -> np.ndarray:
        """Return the mean of the last values up to a place, itself included."""
        end = np.clip(at + 1, 1, len(self._values))
        start = np.maximum(0, end - max(1, count))
        return (self._sums[end] - self._sums[start]) / (end - start)

    def level(self, at: np.ndarray) -> np.ndarray:
        return self.mean(at, max(4, self._season))

    def slope(self, at: np.ndarray) -> np.ndarray:
        count = max(4, self._season)
        return self.mean(at, count) - self.mean(np.maximum(at - count, 0), count)


def _season_lags(ahead: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the steps back to the same place in the last seasons before the origin."""
    back = season * -(-ahead // season)
    return back, back + season


def _given(X: np.ndarray, columns: int) -> dict[int, tuple[int, np.ndarray]]:
    """Return the other columns of each series at every step, NaN where there is no row."""
    codes, steps = places(X)
    found = {}
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        first = int(steps[rows].min())
        table = np.full((int(steps[rows].max()) - first + 1, columns), np.nan)
        table[steps[rows] - first] = X[rows, 2:]
        found[int(code)] = first, table
    return found
