"""Metrics of predicted values."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from sklearn import metrics

from podium_ml.metrics._metric import Function, Metric
from podium_ml.metrics._quiet import quiet

_TASKS, _DEFAULT_FOR = frozenset({"regression", "forecasting"}), frozenset({"regression"})


def _mean_of(loss: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Function:
    @quiet
    def function(y_true: np.ndarray, y_pred: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return float(np.average(loss(y_true, y_pred), weights=sample_weight))

    return function


def _root_of(loss: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Function:
    mean = _mean_of(loss)
    return quiet(lambda y_true, y_pred, weight: float(np.sqrt(mean(y_true, y_pred, weight))))


def _squared(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return (y_true - y_pred) ** 2


def _difference(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return y_pred - y_true


def _absolute(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return np.abs(y_true - y_pred)


def _relative(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return np.abs(y_true - y_pred) / np.maximum(np.abs(y_true), np.finfo(np.float64).eps)


def _squared_logarithms(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    if min(y_true.min(), y_pred.min()) <= -1:
        raise ValueError("logarithms need values above -1")
    return (np.log1p(y_true) - np.log1p(y_pred)) ** 2


def _pinball(quantile: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda y_true, y_pred: np.maximum(quantile * (y_true - y_pred), (quantile - 1) * (y_true - y_pred))


def _weighted_ranks(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the weight of the rows below each row; ties count half, and a row of weight 2 ranks like two rows."""
    _, group = np.unique(values, return_inverse=True)
    mass = np.bincount(group, weights=weight)
    return (np.cumsum(mass) - mass / 2)[group]


@quiet
def _spearman(y_true: np.ndarray, y_pred: np.ndarray, sample_weight: np.ndarray | None) -> float:
    weight = np.ones(len(y_true)) if sample_weight is None else sample_weight
    true, predicted = _weighted_ranks(y_true, weight), _weighted_ranks(y_pred, weight)
    true, predicted = (ranks - np.average(ranks, weights=weight) for ranks in (true, predicted))
    spread = (weight @ true**2) * (weight @ predicted**2)
    return float((weight @ (true * predicted)) / np.sqrt(spread))


@quiet
def _r2(y_true: np.ndarray, y_pred: np.ndarray, sample_weight: np.ndarray | None) -> float:
    return metrics.r2_score(y_true, y_pred, sample_weight=sample_weight, force_finite=False)


@quiet
def _explained_variance(y_true: np.ndarray, y_pred: np.ndarray, sample_weight: np.ndarray | None) -> float:
    return metrics.explained_variance_score(y_true, y_pred, sample_weight=sample_weight, force_finite=False)


@quiet
def _median_absolute(y_true: np.ndarray, y_pred: np.ndarray, sample_weight: np.ndarray | None) -> float:
    return metrics.median_absolute_error(y_true, y_pred, sample_weight=sample_weight)


def _error(name: str, title: str, function: Function, description: str) -> Metric:
    return Metric(
        name, title, _TASKS, "value", False, function, description, best=0.0, bounds=(0.0, math.inf)
    )


def _per_range(name: str, title: str, function: Function, description: str) -> Metric:
    """Return an error that is divided by the range of the true values, as Azure does."""
    return replace(_error(name, title, function, description), per_range=True)


def _fit(name: str, title: str, function: Function, description: str, *, lowest: float = -math.inf) -> Metric:
    return Metric(name, title, _TASKS, "value", True, function, description, bounds=(lowest, 1.0))


SPECS = (
    replace(
        _error("rmse", "RMSE", _root_of(_squared), "Root of the mean squared error, in the target's unit."),
        default_for=_DEFAULT_FOR,
    ),
    _error("mae", "MAE", _mean_of(_absolute), "Mean absolute error, in the target's unit."),
    _error(
        "median_absolute_error",
        "Median absolute error",
        _median_absolute,
        "Half of the predictions are off by less than this.",
    ),
    replace(
        _error("mape", "MAPE", _mean_of(_relative), "Mean absolute error relative to the true value."),
        nonzero=True,
    ),
    replace(
        _error(
            "rmsle",
            "RMSLE",
            _root_of(_squared_logarithms),
            "RMSE of the logarithms: relative errors, for targets with a large range.",
        ),
        above=-1.0,
    ),
    _per_range("nrmse", "NRMSE", _root_of(_squared), "RMSE divided by the range of the true values."),
    _per_range("nmae", "NMAE", _mean_of(_absolute), "MAE divided by the range of the true values."),
    _error("quantile_loss", "Quantile loss, 0.5", _mean_of(_pinball(0.5)), "Pinball loss of the median."),
    _error(
        "quantile_loss_10",
        "Quantile loss, 0.1",
        _mean_of(_pinball(0.1)),
        "Pinball loss of the 10% quantile.",
    ),
    _error(
        "quantile_loss_90",
        "Quantile loss, 0.9",
        _mean_of(_pinball(0.9)),
        "Pinball loss of the 90% quantile.",
    ),
    _fit("r2", "R2", _r2, "Share of the target's variance that is explained."),
    _fit(
        "explained_variance",
        "Explained variance",
        _explained_variance,
        "Like R2, but a constant error costs nothing.",
    ),
    _fit("spearman", "Spearman", _spearman, "Rank correlation of true and predicted values.", lowest=-1.0),
    replace(
        _error(
            "bias",
            "Bias",
            _mean_of(_difference),
            "Mean of predicted minus true values; below 0, totals are understated.",
        ),
        bounds=(-math.inf, math.inf),
        comparable=False,
    ),
)
