"""Models of the library statsforecast, one fit a series."""

from abc import abstractmethod
from typing import Any

import numpy as np

from podium_ml.forecasting.forecaster import LocalForecaster, spread
from podium_ml.forecasting.history import History

_LEVEL = 80
_WIDTH = 2 * 1.2815515655446004
"""Standard deviations between the ends of an 80 % interval."""


class Statistical(LocalForecaster):
    """Fits a model of statsforecast to each series; where that fails, the seasonal naive forecast stands in.

    Args:
        season: Steps of a season; 1 for none.
        most: Last values that a model learns from.
    """

    def __init__(self, season: int = 1, most: int = 1_000) -> None:
        self.season, self.most = season, most

    @abstractmethod
    def _model(self, season: int) -> Any:
        """Return an unfitted model of statsforecast for the length of a season."""

    def _forecast(self, past: History, horizon: int) -> np.ndarray:
        from podium_ml.forecasting.algorithms._naive import SeasonalNaive

        season = self.season if len(past.values) >= 2 * self.season + 1 else 1
        values = past.filled(season)[-self.most :]
        naive = SeasonalNaive(season)._forecast(past, horizon)
        if len(values) < 4 or np.ptp(values) == 0:
            return naive
        try:
            found = self._model(season).forecast(y=values, h=horizon, level=[_LEVEL])
        except Exception:  # A model that cannot fit one series must not lose the others.
            return naive
        mean = np.asarray(found["mean"], dtype=np.float64)
        low, high = (np.asarray(found[f"{end}-{_LEVEL}"], dtype=np.float64) for end in ("lo", "hi"))
        # A model that explodes is not used for this series.
        reach = 10 * (np.ptp(values) + np.abs(values).max())
        if not np.isfinite(mean).all() or np.abs(mean).max() > reach:
            return naive
        return spread(mean, np.clip(np.nan_to_num((high - low) / _WIDTH), 0.0, reach))
