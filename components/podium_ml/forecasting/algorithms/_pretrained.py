"""Forecasts by a pretrained model, which learns nothing from the series."""

import numpy as np

from podium_ml.errors import TrainingError
from podium_ml.forecasting.forecaster import PanelForecaster
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.pretrained.checkpoint import Checkpoint
from podium_ml.run.budget import Deadline
from podium_ml.weights import given

_BATCH = 64
_MIDDLE = len(LEVELS) // 2


class Pretrained(PanelForecaster):
    """Gives the past of each series to the model of ``--pretrained``, which learns nothing from them.

    Later steps than it forecasts at once repeat the last season of them.

    Args:
        horizon: Steps that are forecast at once.
        season: Steps of a season; 1 for none.
        most: Last values that the model is given.
    """

    def __init__(self, horizon: int = 1, season: int = 1, most: int = 2048) -> None:
        self.horizon, self.season, self.most = horizon, season, most

    def _learn(self, deadline: Deadline) -> None:
        self.checkpoint_ = Checkpoint.read(given("pretrained"))
        self._forecast_all(deadline)

    def _learn_again(self) -> None:
        self._forecast_all(Deadline())

    def _forecast_all(self, deadline: Deadline) -> None:
        filled = self.past_.filled(self.season)
        parts = [np.empty((0, self.horizon, len(LEVELS)))]
        for start in range(0, len(filled), _BATCH):
            if deadline.passed():
                raise TrainingError(
                    f"There was only time to forecast {start:,} of {len(filled):,} series by the pretrained model."
                )
            some = range(start, min(start + _BATCH, len(filled)))
            contexts = [filled.of_series(at)[-self.most :] for at in some]
            parts.append(self.checkpoint_.quantiles(contexts, self.horizon, list(LEVELS)))
        self.quantiles_ = np.concatenate(parts).astype(np.float32)

    def _predict_ahead(self, series: np.ndarray, ahead: np.ndarray, given: np.ndarray) -> np.ndarray:
        late = ahead > self.horizon
        season = min(self.season, self.horizon)
        place = np.where(late, self.horizon - 1 - (self.horizon - ahead) % season, ahead - 1)
        quantiles = self.quantiles_[series, place].astype(np.float64)
        point = quantiles[:, _MIDDLE]
        wider = np.sqrt(np.maximum(ahead / self.horizon, 1.0))[:, None]
        return np.column_stack([point, point[:, None] + (quantiles - point[:, None]) * wider])
