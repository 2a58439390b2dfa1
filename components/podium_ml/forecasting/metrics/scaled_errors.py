"""Metrics of forecasts of many series, whose units may differ.

Targets have the columns value, scale and root scale, shape ``(n, 3)``: the mean absolute error of the seasonal naive
forecast within the training rows of the series, and the root of its mean squared error (Hyndman and Koehler 2006).
Forecasts have the columns of the point and of the quantiles ``LEVELS``, shape ``(n, 1 + q)``. Names and definitions are
those of AutoGluon.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from podium_ml.forecasting.levels import LEVELS
from podium_ml.metrics import Metric

_TASKS = frozenset({"forecasting"})
_LEVELS = np.array(LEVELS)
_INTERVAL = 0.8
Values = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _mean(loss: Values) -> Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]:
    """Return the mean of a loss of rows, given as value, scale and forecast."""

    def function(y_true: np.ndarray, forecast: np.ndarray, weight: np.ndarray | None) -> float:
        if weight is not None and not weight.any():
            return math.nan
        return float(np.average(loss(y_true[:, 0], y_true[:, 1], forecast), weights=weight))

    return function


def _ratio(loss: Values) -> Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]:
    """Return the sum of a loss of rows divided by that of the absolute values."""
    mean, mean_size = _mean(loss), _mean(_size)

    def function(y_true: np.ndarray, forecast: np.ndarray, weight: np.ndarray | None) -> float:
        size = mean_size(y_true, forecast, weight)
        return mean(y_true, forecast, weight) / size if size else math.nan

    return function


def _size(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return np.abs(value)


def _absolute(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return np.abs(value - forecast[:, 0])


def _scaled(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return np.abs(value - forecast[:, 0]) / scale


def _symmetric(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    size = np.abs(value) + np.abs(forecast[:, 0])
    return np.divide(2 * np.abs(value - forecast[:, 0]), size, out=np.zeros(len(value)), where=size > 0)


def _pinball(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Return twice the mean pinball loss over the levels, which is the absolute error where all quantiles are equal."""
    below = value[:, None] - forecast[:, 1:]
    return 2 * np.maximum(_LEVELS * below, (_LEVELS - 1) * below).mean(axis=1)


def _scaled_pinball(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return _pinball(value, scale, forecast) / scale


def _covered(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return ((value >= forecast[:, 1]) & (value <= forecast[:, -1])).astype(float)


def _width(value: np.ndarray, scale: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    return (forecast[:, -1] - forecast[:, 1]) / scale


def _rmsse(y_true: np.ndarray, forecast: np.ndarray, weight: np.ndarray | None) -> float:
    if weight is not None and not weight.any():
        return math.nan
    errors = (y_true[:, 0] - forecast[:, 0]) / y_true[:, 2]
    return math.sqrt(np.average(errors**2, weights=weight))


def _error(name: str, title: str, function: Callable[..., float], description: str) -> Metric:
    return Metric(
        name, title, _TASKS, "forecast", False, function, description, best=0.0, bounds=(0.0, math.inf)
    )


SPECS = (
    replace(
        _error(
            "mase",
            "MASE",
            _mean(_scaled),
            "Mean absolute error, divided by that of the seasonal naive forecast.",
        ),
        default_for=_TASKS,
    ),
    _error(
        "rmsse",
        "RMSSE",
        _rmsse,
        "Root of the mean squared error, divided by that of the seasonal naive forecast.",
    ),
    _error(
        "smape",
        "sMAPE",
        _mean(_symmetric),
        "Mean of the absolute error relative to value and forecast, 0 to 2.",
    ),
    _error("wape", "WAPE", _ratio(_absolute), "Sum of the absolute errors divided by that of the values."),
    _error("wql", "WQL", _ratio(_pinball), "Quantile loss of all levels, divided by the sum of the values."),
    _error("sql", "SQL", _mean(_scaled_pinball), "Quantile loss of all levels, scaled like MASE."),
    replace(
        _error("coverage", "Coverage, 80%", _mean(_covered), "Share of the values within the 80% interval."),
        best=_INTERVAL,
        bounds=(0.0, 1.0),
        comparable=False,
    ),
    replace(
        _error("interval_width", "Width, 80%", _mean(_width), "Width of the 80% interval, scaled like MASE."),
        comparable=False,
    ),
)
