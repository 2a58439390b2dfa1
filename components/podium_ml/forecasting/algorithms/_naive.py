"""Forecasters that repeat what they have seen."""

import numpy as np

from podium_ml.forecasting.forecaster import LocalForecaster, spread
from podium_ml.forecasting.history import History


class SeasonalNaive(LocalForecaster):
    """Repeats the last season.

    Args:
        season: Steps of a season; 1 repeats the last value.
    """

    def __init__(self, season: int = 1) -> None:
        self.season = season

    def _forecast(self, past: History, horizon: int) -> np.ndarray:
        season = self.season if len(past.values) > self.season else 1
        values = past.filled(season)
        ahead = np.arange(horizon)
        mean = values[len(values) - season + ahead % season]
        errors = values[season:] - values[:-season]
        deviation = float(np.sqrt(np.mean(errors**2))) if len(errors) else abs(values[-1])
        return spread(mean, deviation * np.sqrt(ahead // season + 1))


class Drift(LocalForecaster):
    """Goes on from the last value with the mean slope."""

    def _forecast(self, past: History, horizon: int) -> np.ndarray:
        values = past.filled()
        ahead = np.arange(1, horizon + 1)
        slope = (values[-1] - values[0]) / max(1, len(values) - 1)
        errors = np.diff(values) - slope
        deviation = float(errors.std()) if len(errors) > 1 else abs(values[-1])
        return spread(
            values[-1] + slope * ahead, deviation * np.sqrt(ahead * (1 + ahead / max(1, len(values))))
        )


class SeasonalMean(LocalForecaster):
    """Predicts the mean of the last values of the same place in the season.

    Args:
        season: Steps of a season; 1 for the mean of the last values.
        seasons: Number of seasons to average.
    """

    def __init__(self, season: int = 1, seasons: int = 4) -> None:
        self.season, self.seasons = season, seasons

    def _forecast(self, past: History, horizon: int) -> np.ndarray:
        season = self.season if len(past.values) > self.season else 1
        values = past.filled(season)
        count = (
            max(1, min(self.seasons, len(values) // season)) if season > 1 else min(len(values), self.seasons)
        )
        window = values[len(values) - count * season :].reshape(count, season)
        ahead = np.arange(horizon)
        errors = window - window.mean(axis=0)
        deviation = float(np.sqrt((errors**2).sum() / max(1, (count - 1) * season)))
        return spread(window.mean(axis=0)[ahead % season], np.full(horizon, deviation))
