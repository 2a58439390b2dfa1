"""Metrics based on losses, ranks or order statistics of the rows, on many resamples at once."""

from collections.abc import Callable

import numpy as np

from podium_ml.resampling._labels import ratio

# (y, raw predictions, draws of shape (n, B)) -> scores of shape (B,)
Kernel = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
_SMALLEST = 1e-15
# Variances below this share of the mean square are rounding errors.
_ROUNDING = 1e-12


def _mean(losses: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return ratio(losses @ draws, draws.sum(axis=0), otherwise=np.nan)


def _log_loss(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return _mean(-np.log(np.clip(raw[np.arange(len(y)), y], _SMALLEST, 1.0)), draws)


def _brier(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    squares = (raw - np.eye(raw.shape[1])[y]) ** 2
    return _mean(squares[:, 1] if raw.shape[1] == 2 else squares.sum(axis=1), draws)


def _rmse(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return np.sqrt(_mean((y - raw) ** 2, draws))


def _mae(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return _mean(np.abs(y - raw), draws)


def _mape(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return _mean(np.abs(y - raw) / np.maximum(np.abs(y), np.finfo(np.float64).eps), draws)


def _rmsle(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    if min(y.min(), raw.min()) <= -1:
        return np.full(draws.shape[1], np.nan)
    return _rmse(np.log1p(y), np.log1p(raw), draws)


def _pinball(quantile: float) -> Kernel:
    def score(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
        return _mean(np.maximum(quantile * (y - raw), (quantile - 1) * (y - raw)), draws)

    return score


def _bias(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return _mean(raw - y, draws)


def ranges(y: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the range of the true values in every resample, shape ``(B,)``; NaN where it is 0."""
    order = np.argsort(y, kind="stable")
    drawn = draws[order] > 0
    lowest = y[order][drawn.argmax(axis=0)]
    highest = y[order][len(y) - 1 - drawn[::-1].argmax(axis=0)]
    return np.where(highest > lowest, highest - lowest, np.nan)


def _variance(values: np.ndarray, draws: np.ndarray) -> np.ndarray:
    centred = values - values.mean()
    squares = _mean(centred**2, draws)
    variance = squares - _mean(centred, draws) ** 2
    return np.where(variance > _ROUNDING * squares, variance, 0.0)


def _r2(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return 1 - ratio(_mean((y - raw) ** 2, draws), _variance(y, draws), otherwise=np.nan)


def _explained_variance(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return 1 - ratio(_variance(y - raw, draws), _variance(y, draws), otherwise=np.nan)


def _median_absolute_error(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    errors = np.abs(y - raw)
    order = np.argsort(errors, kind="stable")
    reached = np.cumsum(draws[order], axis=0)
    half = reached[-1] / 2
    lower, upper = (reached < half).sum(axis=0), (reached <= half).sum(axis=0)
    last = len(errors) - 1
    return (errors[order][np.minimum(lower, last)] + errors[order][np.minimum(upper, last)]) / 2


def _ranks(values: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the centred weight of the rows below each row, with ties counting half; shape ``(n, B)``."""
    _, group = np.unique(values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    begins = np.flatnonzero(np.diff(group[order], prepend=-1))
    mass = np.add.reduceat(draws[order], begins, axis=0)
    below = np.cumsum(mass, axis=0) - mass / 2
    return below[group] - draws.sum(axis=0) / 2


def _spearman(y: np.ndarray, raw: np.ndarray, draws: np.ndarray) -> np.ndarray:
    true, predicted = _ranks(y, draws), _ranks(raw, draws)
    spread = (draws * true**2).sum(axis=0) * (draws * predicted**2).sum(axis=0)
    return ratio((draws * true * predicted).sum(axis=0), np.sqrt(spread), otherwise=np.nan)


KERNELS: dict[str, Kernel] = {
    "log_loss": _log_loss,
    "brier": _brier,
    "rmse": _rmse,
    "mae": _mae,
    "median_absolute_error": _median_absolute_error,
    "mape": _mape,
    "rmsle": _rmsle,
    "nrmse": _rmse,
    "nmae": _mae,
    "bias": _bias,
    "quantile_loss": _pinball(0.5),
    "quantile_loss_10": _pinball(0.1),
    "quantile_loss_90": _pinball(0.9),
    "r2": _r2,
    "explained_variance": _explained_variance,
    "spearman": _spearman,
}
