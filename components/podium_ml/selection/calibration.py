"""Making probabilities mean what they say."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from podium_ml.validation.folds import Folds

_SMALLEST = 1e-12
# Calibration must save this share of the log loss, cross-fitted, to be worth it.
_WORTH = 0.01
_LOWEST, _HIGHEST = 0.2, 5.0


@dataclass(frozen=True)
class TemperatureCalibrator:
    """Divides log-probabilities by a temperature (Guo et al., ICML 2017); the most probable class stays the same.

    Attributes:
        temperature: Above 1 makes probabilities less extreme.
    """

    temperature: float

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities of shape ``(n, K)``."""
        logs = np.log(np.clip(raw, _SMALLEST, 1.0)) / self.temperature
        powers = np.exp(logs - logs.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def choose_calibrator(
    raw: np.ndarray, y: np.ndarray, *, folds: Folds, weight: np.ndarray | None = None
) -> tuple[TemperatureCalibrator | None, float, np.ndarray]:
    """Fit a calibrator, and keep it only if it helps rows that it was not fitted on.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        folds: Splits for cross-fitting.
        weight: Sample weights, or ``None``.

    Returns:
        The calibrator or ``None``, the log loss that it saves, and the cross-fitted probabilities.
    """
    honest = np.empty_like(raw)
    for train, valid in folds:
        part = None if weight is None else weight[train]
        honest[valid] = _fit(raw[train], y[train], part).calibrate(raw[valid])
    before, after = _loss(raw, y, weight), _loss(honest, y, weight)
    if before - after < _WORTH * before:
        return None, 0.0, raw
    return _fit(raw, y, weight), before - after, honest


def _fit(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> TemperatureCalibrator:
    found = minimize_scalar(
        lambda t: _loss(TemperatureCalibrator(float(t)).calibrate(raw), y, weight),
        bounds=(_LOWEST, _HIGHEST),
        method="bounded",
    )
    return TemperatureCalibrator(float(found.x))


def _loss(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
    return float(np.average(-np.log(np.clip(raw[np.arange(len(y)), y], _SMALLEST, 1.0)), weights=weight))
