"""Regression on a flexible trend, harmonics and known columns, with autoregressive errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from podium_ml.errors import TrainingError
from podium_ml.forecasting.algorithms._naive import SeasonalNaive
from podium_ml.forecasting.forecaster import PanelForecaster, spread
from podium_ml.forecasting.levels import LEVELS
from podium_ml.run.budget import Deadline

_MOST_VALUES, _MOST_KNOTS, _MOST_ORDER = 3_000, 15, 3
# A period counts from so many repetitions on.
_REPEATED = 2.0
_ROUNDS = 3
# Part of the series that must be fitted in time; the others get the seasonal naive forecast.
_LEAST_SHARE = 0.1
# Largest sum of the absolute autoregressive coefficients.
_MOST_MEMORY = 0.98
_SHRINK_HARMONICS, _SHRINK_KNOWN = 0.02, 0.05


@dataclass(frozen=True)
class _Fit:
    """The regression of one series.

    Attributes:
        coefficients: Of the columns of the design.
        knots: Where the slope changes, as parts of the time of the series.
        span: Steps of the time of the series.
        memory: Autoregressive coefficients.
        rest: The last errors, the newest first.
        deviation: Standard deviation of the errors of one step.
        center: Mean of the values, which were taken off.
        size: What they were divided by.
        logs: Whether they are logarithms.
        known: Means and deviations of the known columns, shape ``(2, d)``.
    """

    coefficients: np.ndarray
    knots: np.ndarray
    span: int
    memory: np.ndarray
    rest: np.ndarray
    deviation: float
    center: float
    size: float
    logs: bool
    known: np.ndarray


class HarmonicRegression(PanelForecaster):
    """Fits each series by a trend that bends, waves of several periods, and the columns that are known in advance.

    Args:
        season: Steps of a season; 1 for none.
        periods: Lengths of the seasons in steps, which need not be whole.
        scale: ``plain``, or ``log`` for positive series.
        bend: How much the trend may bend.
        damping: Share of the slope that is left after a season.
        half_life: Seasons after which a value counts half; 0 for no end.
        harmonics: Greatest number of waves of a period.
    """

    def __init__(
        self,
        season: int = 1,
        periods: Sequence[float] = (),
        scale: str = "plain",
        bend: float = 1.0,
        damping: float = 0.5,
        half_life: float = 0.0,
        harmonics: int = 10,
    ) -> None:
        self.season, self.periods, self.scale = season, periods, scale
        self.bend, self.damping, self.half_life, self.harmonics = bend, damping, half_life, harmonics

    def _learn(self, deadline: Deadline) -> None:
        filled = self.past_.filled(self.season)
        self.fits_: dict[int, _Fit] = {}
        for at in np.random.default_rng(0).permutation(len(filled)).tolist():
            if deadline.passed():
                break
            values = filled.of_series(at).astype(np.float64)[-_MOST_VALUES:]
            last = int(filled.lasts[at])
            steps = np.arange(last - len(values) + 1, last + 1)
            self.fits_[at] = self._fit(values, steps, self.given_.at(np.full(len(steps), at), steps))
        if len(self.fits_) < _LEAST_SHARE * len(filled):
            raise TrainingError(f"There is too little time to fit {len(filled):,} series one by one.")

    def _fit(self, values: np.ndarray, steps: np.ndarray, known: np.ndarray) -> _Fit:
        logs = self.scale == "log" and bool(values.min() > 0)
        values = np.log(values) if logs else values
        center, size = float(values.mean()), float(values.std()) or 1.0
        z = (values - center) / size
        knots = np.linspace(0, 0.95, min(_MOST_KNOTS, len(z) // 8) + 2)[1:-1] if len(z) >= 16 else np.empty(0)
        usual = (
            np.nan_to_num(np.array([known.mean(axis=0), known.std(axis=0)]))
            if known.size
            else np.zeros((2, 0))
        )
        design = self._design(steps, steps[-1], len(z), knots, _scaled(known, usual), len(z))
        penalty = self._penalty(design.shape[1], len(knots), usual.shape[1], len(z))
        memory, weight = np.empty(0), self._weight(len(z))
        for _ in range(_ROUNDS):
            moved, expected = _differenced(design, memory), _differenced(z[:, None], memory)[:, 0]
            beta = _ridge(moved, expected, penalty, weight)
            rest = z - design @ beta
            memory = _autoregression(rest)
        whitened = _differenced(rest[:, None], memory)[:, 0]
        used = min(len(z) - 1, 2 + len(memory) + design.shape[1] // 2)
        deviation = float(np.sqrt((whitened**2).sum() / max(1, len(whitened) - used)))
        return _Fit(
            beta, knots, len(z), memory, rest[::-1][:_MOST_ORDER], deviation, center, size, logs, usual
        )

    def _design(
        self, steps: np.ndarray, last: int, span: int, knots: np.ndarray, known: np.ndarray, count: int
    ) -> np.ndarray:
        """Return the columns: 1, time, bends, waves, known ones. After the last step, time slows down."""
        ahead = np.maximum(steps - last, 0).astype(np.float64)
        keeps = min(0.999, self.damping ** (1 / max(self.season, 4)))
        slowed = keeps * (1 - keeps**ahead) / (1 - keeps)
        time = 1 + (np.minimum(steps - last, 0) + slowed) / span
        columns = [np.ones(len(steps)), time, *(np.maximum(time - knot, 0.0) for knot in knots)]
        for period, harmonics in self._waves(count):
            for k in range(1, harmonics + 1):
                angle = 2 * np.pi * k * (steps % (period * 10_000)) / period
                columns += [np.cos(angle), np.sin(angle)]
        return np.column_stack([*columns, known])

    def _weight(self, count: int) -> np.ndarray:
        """Return how much the values count, the last one 1, shape ``(count,)``."""
        if not self.half_life:
            return np.ones(count)
        return 0.5 ** (np.arange(count)[::-1] / (self.half_life * max(self.season, 4)))

    def _waves(self, count: int) -> list[tuple[float, int]]:
        periods = self.periods or ((float(self.season),) if self.season > 1 else ())
        found: list[tuple[float, int]] = []
        for period in sorted(one for one in periods if one > 1 and count >= _REPEATED * one):
            # Waves that a shorter period has already are not needed again.
            most = min(
                self.harmonics,
                int(period // 2),
                int(period / found[-1][0]) - 1 if found else self.harmonics,
            )
            if most > 0:
                found.append((period, most))
        return found

    def _penalty(self, width: int, knots: int, known: int, count: int) -> np.ndarray:
        penalty = np.full(width, _SHRINK_HARMONICS * np.sqrt(count))
        penalty[0], penalty[1] = 1e-6, 0.01
        penalty[2 : 2 + knots] = 1.0 / max(self.bend, 1e-3)
        if known:
            penalty[width - known :] = _SHRINK_KNOWN * np.sqrt(count)
        return penalty

    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        forecast = self._naive(series, ahead, given)
        order = np.argsort(series, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(series[order])) + 1):
            fit = self.fits_.get(int(series[rows[0]]))
            if fit is not None:
                last = int(self.past_.lasts[series[rows[0]]])
                forecast[rows] = spread(*self._path(fit, last, ahead[rows], given[rows]))
        return forecast

    def _naive(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return the seasonal naive forecasts of series that are not fitted, and zeros for others."""
        forecast = np.zeros((len(series), 1 + len(LEVELS)))
        left = ~np.isin(series, list(self.fits_))
        if left.any():
            naive = SeasonalNaive(0, self.season)
            naive.past_ = self.past_
            forecast[left] = naive._predict_ahead(series[left], ahead[left], given[left])
        return forecast

    def _path(
        self, fit: _Fit, last: int, ahead: np.ndarray, given: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        known = _scaled(given, fit.known)
        mean = self._design(last + ahead, last, fit.span, fit.knots, known, fit.span) @ fit.coefficients
        horizon = int(ahead.max())
        rest, memory = list(fit.rest[::-1]), fit.memory[::-1]
        for _ in range(horizon):
            rest.append(float(memory @ rest[len(rest) - len(memory) :]) if len(memory) else 0.0)
        mean = mean + np.array(rest[len(fit.rest) :])[ahead - 1]
        growth = np.sqrt(np.cumsum(_responses(fit.memory, horizon) ** 2)[ahead - 1] + 0.02 * ahead)
        point, deviation = fit.center + fit.size * mean, fit.size * fit.deviation * growth
        if fit.logs:
            point = np.exp(np.minimum(point, 700.0))
            deviation = point * deviation
        return point, deviation


def _scaled(known: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return known columns less their means, divided by their deviations; 0 where they are missing."""
    size = np.where(usual[1] > 0, usual[1], 1.0)
    return np.clip(np.nan_to_num((known - usual[0]) / size), -10, 10) * (usual[1] > 0)


def _ridge(X: np.ndarray, y: np.ndarray, penalty: np.ndarray, weight: np.ndarray) -> np.ndarray:
    weighted = X * weight[:, None]
    return np.linalg.solve(weighted.T @ X + np.diag(penalty), weighted.T @ y)


def _differenced(X: np.ndarray, memory: np.ndarray) -> np.ndarray:
    """Return rows less what autoregression expects of them; the first rows stay as they are."""
    if not len(memory):
        return X
    moved = X.copy()
    for lag, weight in enumerate(memory, start=1):
        moved[lag:] -= weight * X[:-lag]
    return moved


def _autoregression(rest: np.ndarray) -> np.ndarray:
    """Return coefficients by Yule and Walker, slightly shrunk; none for few values."""
    order = min(_MOST_ORDER, len(rest) // 10)
    if order < 1 or not rest.any():
        return np.empty(0)
    lags = np.array([(rest[lag:] * rest[: len(rest) - lag]).sum() for lag in range(order + 1)])
    lags[0] *= 1.01
    places = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
    memory = np.linalg.solve(lags[places], lags[1:])
    total = np.abs(memory).sum()
    return memory * min(1.0, _MOST_MEMORY / total) if total > 0 else memory


def _responses(memory: np.ndarray, horizon: int) -> np.ndarray:
    """Return how an error moves the steps after it, shape ``(horizon,)``."""
    found = np.zeros(horizon)
    found[0] = 1.0
    for step in range(1, horizon):
        lags = min(step, len(memory))
        found[step] = memory[:lags] @ found[step - lags : step][::-1] if lags else 0.0
    return found
