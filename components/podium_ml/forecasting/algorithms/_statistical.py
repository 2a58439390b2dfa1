"""Models of the library statsforecast, one fit a series."""

import time
import warnings
from abc import abstractmethod
from typing import Any

import numpy as np

from podium_ml.errors import TrainingError
from podium_ml.forecasting.algorithms._known_effects import effect_of
from podium_ml.forecasting.algorithms._naive import SeasonalNaive
from podium_ml.forecasting.forecaster import PanelForecaster, spread
from podium_ml.forecasting.given import Given
from podium_ml.run.budget import Deadline

_LEVEL = 80
_WIDTH = 2 * 1.2815515655446004
"""Standard deviations between the ends of an 80 % interval."""

# Steps that are forecast at least; later ones repeat the last season of them.
_LEAST_AHEAD = 40
# Series that are timed, and the share of all that must fit into the time.
_TIMED, _LEAST_SHARE = 20, 0.1
_FEWEST_VALUES = 4
# A forecast is not used if it is further from the values than so many times their range.
_REACH = 3.0


class Statistical(PanelForecaster):
    """Fits a model of statsforecast to each series; the seasonal naive forecast stands in where that fails.

    If there is too little time for all series, a random part of them is fitted. The effect of the columns that are
    known in advance is taken off first.

    Args:
        horizon: Steps to forecast.
        season: Steps of a season; 1 for none.
        most: Last values that a model learns from.
        logs: Whether to learn the logarithms of positive series.
    """

    def __init__(
        self,
        horizon: int = 1,
        season: int = 1,
        most: int = 600,
        logs: bool = False,
    ) -> None:
        self.horizon, self.season, self.most, self.logs = horizon, season, most, logs

    @abstractmethod
    def _model(self, season: int) -> Any:
        """Return an unfitted model of statsforecast for the length of a season."""

    def _learn(self, deadline: Deadline) -> None:
        count, steps = len(self.past_), max(self.horizon, 2 * self.season, _LEAST_AHEAD)
        naive = SeasonalNaive(season=self.season)
        naive.past_ = self.past_
        every = np.arange(count)
        self.point_, self.deviation_ = naive._paths(every, steps)
        filled, given = self.past_.filled(self.season), self.given_
        self.effects_ = np.zeros((count, given.table.shape[1]))
        self.means_ = np.zeros_like(self.effects_)
        self.logged_ = np.zeros(count, dtype=bool)
        began, self.fitted_, each = time.perf_counter(), 0, 0.0
        for at in np.random.default_rng(0).permutation(count):
            if deadline.passed():
                break
            self._fit(int(at), filled.of_series(at).astype(np.float64)[-self.most :], given, steps)
            self.fitted_ += 1
            each = (time.perf_counter() - began) / self.fitted_
            if self.fitted_ == _TIMED and deadline.remaining() < _LEAST_SHARE * each * count:
                break
        if self.fitted_ < _LEAST_SHARE * count:
            raise TrainingError(
                f"Fitting {count:,} series one by one would take about {each * count:,.0f} s, "
                "more than there is time for."
            )

    def _fit(self, at: int, values: np.ndarray, given: Given, steps: int) -> None:
        season = self.season if len(values) >= 2 * self.season + 1 else 1
        if len(values) < _FEWEST_VALUES or np.ptp(values) == 0:
            return
        logs = self.logs and bool(values.min() > 0)
        series = np.log(values) if logs else values
        table = given.table[self.past_.offsets[at] : self.past_.offsets[at + 1]][-len(values) :]
        effect, means = effect_of(series, table, season)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rest = series - np.nan_to_num(table - means) @ effect
                found = self._model(season).forecast(y=rest, h=steps, level=[_LEVEL])
        except Exception:  # A model that cannot fit one series must not lose the others.
            return
        mean = np.asarray(found["mean"], dtype=np.float64)
        low, high = (np.asarray(found[f"{end}-{_LEVEL}"], dtype=np.float64) for end in ("lo", "hi"))
        # A model that explodes is not used for this series.
        near = mean[: self.horizon]
        if not np.isfinite(mean).all() or np.abs(near - rest.mean()).max() > _REACH * np.ptp(rest):
            return
        deviation = np.clip(np.nan_to_num((high - low) / _WIDTH), 0.0, 10 * np.ptp(rest))
        if logs:
            mean = np.exp(np.minimum(mean, 700.0))
            deviation = mean * deviation
        self.point_[at], self.deviation_[at] = mean, deviation
        self.effects_[at], self.means_[at], self.logged_[at] = effect, means, logs

    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        steps = self.point_.shape[1]
        late = ahead > steps
        place = np.where(late, steps - 1 - (steps - ahead) % max(1, self.season), ahead - 1)
        point, deviation = self.point_[series, place], self.deviation_[series, place]
        if self.effects_.shape[1]:
            moved = (np.nan_to_num(given - self.means_[series]) * self.effects_[series]).sum(axis=1)
            times = np.exp(np.clip(np.where(self.logged_[series], moved, 0.0), -3, 3))
            point = np.where(self.logged_[series], point * times, point + moved)
        return spread(point, deviation)
