"""Metrics of predicted values on many resamples at once."""

from collections.abc import Callable

import numpy as np

Kernel = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _mean(losses: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return (counts @ losses) / counts.sum(axis=1)


def _rmse(y: np.ndarray, pred: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.sqrt(_mean((y - pred) ** 2, counts))


def _mae(y: np.ndarray, pred: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return _mean(np.abs(y - pred), counts)


def _mape(y: np.ndarray, pred: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return _mean(np.abs(y - pred) / np.maximum(np.abs(y), np.finfo(np.float64).eps), counts)


def _rmsle(y: np.ndarray, pred: np.ndarray, counts: np.ndarray) -> np.ndarray:
    if min(y.min(), pred.min()) <= -1:
        return np.full(len(counts), np.nan)
    return np.sqrt(_mean((np.log1p(y) - np.log1p(pred)) ** 2, counts))


def _pinball(quantile: float) -> Kernel:
    return lambda y, pred, counts: _mean(
        np.maximum(quantile * (y - pred), (quantile - 1) * (y - pred)), counts
    )


def _range(y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Range of the true values that were drawn."""
    drawn = counts > 0
    return np.where(drawn, y, -np.inf).max(axis=1) - np.where(drawn, y, np.inf).min(axis=1)


def _explained(y: np.ndarray, counts: np.ndarray, residual: np.ndarray) -> np.ndarray:
    variance = _mean(y**2, counts) - _mean(y, counts) ** 2
    return 1 - np.divide(residual, variance, out=np.full(len(counts), np.nan), where=variance > 0)


def _r2(y: np.ndarray, pred: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return _explained(y, counts, _mean((y - pred) ** 2, counts))


def _explained_variance(y: np.ndarray, pred: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return _explained(y, counts, _mean((y - pred) ** 2, counts) - _mean(y - pred, counts) ** 2)


KERNELS: dict[str, Kernel] = {
    "rmse": _rmse,
    "mae": _mae,
    "mape": _mape,
    "rmsle": _rmsle,
    "nrmse": lambda y, pred, counts: _rmse(y, pred, counts) / _range(y, counts),
    "nmae": lambda y, pred, counts: _mae(y, pred, counts) / _range(y, counts),
    "quantile_loss": _pinball(0.5),
    "quantile_loss_10": _pinball(0.1),
    "quantile_loss_90": _pinball(0.9),
    "r2": _r2,
    "explained_variance": _explained_variance,
}
