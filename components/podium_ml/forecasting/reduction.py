"""Forecasting as regression on rows: from an origin, each later step is a row with the past before the origin."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from sklearn.base import clone

from podium_ml.contracts import Problem
from podium_ml.forecasting.forecaster import PanelForecaster, horizon_of, periods_of, season_of
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.past_columns import PastColumns
from podium_ml.forecasting.rows import RowMaker, Scaled
from podium_ml.run.budget import Deadline

# Rows to learn from, and the part of the origins, the latest, whose errors tell the quantiles if there are few rows.
_MOST_ROWS, _CALIBRATION, _FEW_ROWS = 150_000, 0.25, 30_000
_FEWEST_ERRORS = 30
_MIDDLE = len(LEVELS) // 2
# Targets are cut at so many scales, so that a few of them do not decide.
_MOST_SCALES = 30.0
# Rows whose features are made at a time.
_CHUNK_ROWS = 200_000


class Reduction(PanelForecaster):
    """Learns all series together with a regressor of rows.

    Args:
        regressor: A scikit-learn regressor that takes missing values. One that predicts the quantiles ``LEVELS``, shape
            ``(n, q)``, needs no errors of earlier forecasts for them.
        horizon: Steps ahead that it learns.
        season: Steps of a season; 1 for none.
        periods: Lengths of all seasons in steps.
        calendar: The calendar of the series; see ``Calendar.to_dict``.
        strategy: ``direct`` learns all steps ahead at once, with their number as a feature; ``recursive`` learns the
            next step and goes on from its own predictions.
        scale: ``plain``, or ``log`` for positive series.
        most_rows: Number of rows to learn from.
        seed: Seed of the sample of rows.
        past_columns: Number of columns, the last ones of the rows, that are known in the past only; the direct strategy
            learns from their values up to the origins.
    """

    _scaled: Scaled | None = None

    def __init__(
        self,
        regressor: Any,
        horizon: int,
        season: int = 1,
        periods: Sequence[float] = (),
        calendar: dict[str, Any] | None = None,
        strategy: Literal["direct", "recursive"] = "direct",
        scale: Literal["plain", "log"] = "plain",
        most_rows: int = _MOST_ROWS,
        seed: int = 0,
        past_columns: int = 0,
    ) -> None:
        self.regressor, self.horizon, self.season, self.periods = regressor, horizon, season, periods
        self.calendar, self.strategy, self.scale = calendar, strategy, scale
        self.most_rows, self.seed, self.past_columns = most_rows, seed, past_columns

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the point and the quantiles of each row, shape ``(n, 1 + q)``."""
        return super().predict(self._own(X))

    def _own(self, X: np.ndarray) -> np.ndarray:
        """Return rows without the columns that are known in the past only."""
        return X[:, : X.shape[1] - self.past_columns]

    def _remember(self, X: np.ndarray, y: np.ndarray) -> None:
        super()._remember(self._own(X), y)
        if self.past_columns:
            known = np.column_stack([X[:, :2], X[:, -self.past_columns :]])
            self.columns_ = PastColumns.of(known, self.past_)

    def _rows_of_past(self) -> tuple[np.ndarray, np.ndarray]:
        X, y = super()._rows_of_past()
        if not self.past_columns:
            return X, y
        return np.column_stack([X, self.columns_.given.table[np.isfinite(self.past_.flat)]]), y

    def _learn(self, deadline: Deadline) -> None:
        self._scaled = None
        recursive = self.strategy == "recursive"
        series, origins, ahead = self._pairs(1 if recursive else self.horizon)
        rows = self._rows(self.scaled_, series, origins, ahead, self._given(series, origins, ahead))
        target = (self.scaled_.at(series, origins + ahead) - rows[1]) / rows[2]
        known = np.isfinite(self.past_.at(series, origins + ahead))
        features, target = rows[0][known], np.clip(target[known], -_MOST_SCALES, _MOST_SCALES)
        self.regressor_ = clone(self.regressor).fit(features, target)
        if recursive:
            self.errors_ = self._errors_of_steps()
        else:
            self.errors_ = self._errors(features, target, ahead[known], origins[known])

    def _learn_again(self) -> None:
        self._scaled = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what is stored: sums that the past tells are not."""
        return {**super().__getstate__(), "_scaled": None}

    @property
    def scaled_(self) -> Scaled:
        """The past with its sums."""
        if self._scaled is None:
            self._scaled = Scaled.of(self.past_, self.season, logs=self.scale == "log")
        return self._scaled

    def _given(
        self, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, given: np.ndarray | None = None
    ) -> np.ndarray:
        """Return the other columns of steps after origins, compared with before; those of the past by default."""
        found = self.given_.at(series, origins + ahead) if given is None else given
        compared = self.given_.compared(found, series, origins, ahead, self.season)
        if not self.past_columns or self.strategy == "recursive":
            return compared
        own = self.columns_.rows(series, origins, ahead, season=self.season, horizon=self.horizon)
        return np.column_stack([compared, own])

    @property
    def _maker(self) -> RowMaker:
        return RowMaker(self.season, tuple(self.periods), self.calendar)

    def _rows(
        self, scaled: Scaled, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, given: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return features, what to add to the prediction, and what to multiply it by."""
        parts = [
            self._maker.rows(scaled, series[one], origins[one], ahead[one], given[one])
            for start in range(0, max(1, len(series)), _CHUNK_ROWS)
            for one in (slice(start, start + _CHUNK_ROWS),)
        ]
        features, base, size = (np.concatenate(one) for one in zip(*parts, strict=True))
        return features, base, size

    def _pairs(self, horizon: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return series, origin and steps ahead of the rows to learn from; a sample of them if there are many."""
        lengths = self.past_.lengths
        start = np.clip(lengths - 2, 0, max(2, self.season))
        counts = np.maximum(lengths - 1 - start, 0)
        ends = np.cumsum(counts)
        total = int(ends[-1]) * horizon
        if total <= self.most_rows:
            index = np.arange(total)
        else:
            index = np.sort(np.random.default_rng(self.seed).integers(0, total, self.most_rows))
        origin, ahead = index // horizon, index % horizon + 1
        series = np.searchsorted(ends, origin, side="right")
        place = origin - (ends - counts)[series] + start[series]
        kept = place + ahead < lengths[series]
        series, place, ahead = series[kept], place[kept], ahead[kept]
        return series, self.past_.firsts[series] + place, ahead

    def _errors(
        self, X: np.ndarray, target: np.ndarray, ahead: np.ndarray, origins: np.ndarray
    ) -> np.ndarray:
        """Return the quantiles of scaled errors by steps ahead, shape ``(h, q)``.

        If there are few rows, they are those of a model of the earlier origins on the later ones.
        """
        if np.ndim(self.regressor_.predict(X[:1])) > 1:
            return np.zeros((self.horizon, len(LEVELS)))
        checked = np.ones(len(target), dtype=bool)
        model = self.regressor_
        if len(target) < _FEW_ROWS:
            late = origins >= np.quantile(origins, 1 - _CALIBRATION)
            early = origins + ahead < origins[late].min()
            if min(early.sum(), late.sum()) >= _FEWEST_ERRORS:
                model, checked = clone(self.regressor).fit(X[early], target[early]), late
        errors = target[checked] - model.predict(X[checked])
        return quantiles_by_step(errors, ahead[checked], self.horizon)

    def _errors_of_steps(self) -> np.ndarray:
        """Return the same for recursive forecasts, from the last origins of each series."""
        past, lengths = self.past_, self.past_.lengths
        errors, steps = [np.empty(0)], [np.empty(0, dtype=np.int64)]
        for back in np.unique(np.linspace(1, 2 * self.horizon, 6).astype(int)):
            series = np.flatnonzero(lengths > back + max(2, self.season))[: 20_000 // self.horizon + 1]
            if not len(series):
                continue
            count = min(self.horizon, int(back))
            row, ahead = np.repeat(series, count), np.tile(np.arange(1, count + 1), len(series))
            origins = past.lasts[row] - back
            base, size, point = self._walk(row, origins, ahead, self.given_.at(row, origins + ahead))
            target = (self.scaled_.at(row, origins + ahead) - base) / size
            errors.append(target - point)
            steps.append(ahead)
        joined, ahead = np.concatenate(errors), np.concatenate(steps)
        known = np.isfinite(joined)
        if not known.any():
            return np.zeros((self.horizon, len(LEVELS)))
        return quantiles_by_step(joined[known], ahead[known], self.horizon)

    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        origins = self.past_.lasts[series]
        if self.strategy == "recursive":
            base, size, point = self._walk(series, origins, ahead, given)
        else:
            known = self._given(series, origins, ahead, given)
            features, base, size = self._rows(self.scaled_, series, origins, ahead, known)
            point = np.asarray(self.regressor_.predict(features), dtype=np.float64)
        place = np.minimum(ahead, self.horizon) - 1
        wider = np.sqrt(np.maximum(ahead / self.horizon, 1.0))
        away = self.errors_[place]
        if point.ndim > 1:
            point, away = point[:, _MIDDLE], point - point[:, [_MIDDLE]]
        quantiles = point[:, None] + away * wider[:, None]
        forecast = base[:, None] + size[:, None] * np.column_stack([point, quantiles])
        return self.scaled_.back(series, forecast)

    def _walk(
        self, series: np.ndarray, origins: np.ndarray, ahead: np.ndarray, given: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Predict step by step; all rows of a series have one origin. Returns base, size and prediction of each row."""
        wanted, first, row = np.unique(series, return_index=True, return_inverse=True)
        start = origins[first]
        horizon = int(ahead.max())
        table = np.full((len(wanted), horizon, given.shape[1]), np.nan)
        table[row, ahead - 1] = given
        walked = self.scaled_.subset(wanted).until(start, horizon)
        at = np.arange(len(wanted))
        one = np.ones(len(wanted), dtype=np.int64)
        known = [self._given(wanted, start + step, one, table[:, step]) for step in range(horizon)]
        reference = self._rows(self.scaled_, wanted, start, one, known[0])
        values = np.empty((len(wanted), horizon))
        for step in range(horizon):
            features, base, size = self._rows(walked, at, start + step, one, known[step])
            found = _points(self.regressor_.predict(features))
            values[:, step] = walked.append(start + step + 1, base + size * found)
        base, size = reference[1][row], reference[2][row]
        return base, size, (values[row, ahead - 1] - base) / size


def _points(predicted: np.ndarray) -> np.ndarray:
    """Return predictions without their quantiles, shape ``(n,)``."""
    found = np.asarray(predicted, dtype=np.float64)
    return found[:, _MIDDLE] if found.ndim > 1 else found


def quantiles_by_step(errors: np.ndarray, ahead: np.ndarray, horizon: int) -> np.ndarray:
    """Return the quantiles of errors by steps ahead, each from those of steps nearby, shape ``(h, q)``.

    Their mean is taken off: it is that of a model which knows less than the one that forecasts, and would move all
    quantiles to one side of the point.

    Args:
        errors: Errors, shape ``(n,)``.
        ahead: Their steps ahead, at most ``horizon``, shape ``(n,)``.
        horizon: Number of steps.
    """
    quantiles = np.empty((horizon, len(LEVELS)))
    for k in range(1, horizon + 1):
        near = errors[np.abs(ahead - k) <= max(1, horizon // 8)]
        near = near if len(near) >= _FEWEST_ERRORS else errors
        quantiles[k - 1] = np.quantile(near - near.mean(), LEVELS)
    return quantiles


def reduction_of(
    problem: Problem,
    regressor: Any,
    *,
    strategy: Literal["direct", "recursive"],
    scale: Literal["plain", "log"],
    seed: int,
) -> Reduction:
    """Return an unfitted reduction for the series of a problem; see ``Reduction``."""
    assert problem.series is not None
    return Reduction(
        regressor,
        horizon_of(problem),
        season_of(problem),
        periods_of(problem),
        problem.series.calendar,
        strategy=strategy,
        scale=scale,
        seed=seed,
        past_columns=len(problem.series.past),
    )
