"""How much probabilities should be sharpened, for models that learn no probabilities, such as forests.

The mean of many trees shies away from 0 and 1, the more so the more classes there are. One power for all rows corrects
that (temperature scaling; Guo et al., ICML 2017), so that such a model can stand beside boosted trees in an ensemble.
"""

import math

import numpy as np

from podium_ml.contracts.targets import Folds
from podium_ml.targets._cross_fitted import cross_fitted
from podium_ml.values.samples import sample_positions

# Powers between these are considered.
_LEAST, _MOST = 0.25, 8.0
# A gain of less than this share of the log loss is not worth another step of the model.
_WORTHWHILE = 0.02
# So many probabilities suffice to choose one number, but not so few rows: rare mistakes decide how sharp is too sharp.
_MOST_CELLS, _FEWEST_ROWS = 60_000, 2_000
_SMALLEST = 1e-15


def sharpened(raw: np.ndarray, power: float) -> np.ndarray:
    """Return probabilities raised to a power, so that each row sums to 1 again.

    Args:
        raw: Probabilities, shape ``(n, K)``.
        power: Above 1 makes them more extreme, 1 changes nothing.
    """
    if power == 1.0:
        return raw
    powers = raw**power
    return powers / powers.sum(axis=1, keepdims=True)


def choose_sharpness(
    raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None, folds: Folds
) -> tuple[float, np.ndarray]:
    """Return the power that suits a model, and its out-of-fold predictions, each sharpened by what other rows say.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        weight: Sample weights, or ``None``.
        folds: Splits of the rows for cross-fitting. Without any, nothing is sharpened.
    """
    if not folds:
        return 1.0, raw

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        return sharpened(raw[valid], _fit(raw[train], y[train], _of_rows(weight, train)))

    honest = cross_fitted(folds, predict, raw)
    before, after = (_log_loss(one[np.arange(len(y)), y], weight) for one in (raw, honest))
    if not after < (1 - _WORTHWHILE) * before:
        return 1.0, raw
    return _fit(raw, y, weight), honest


def _fit(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
    from scipy.optimize import minimize_scalar

    rows = sample_positions(len(raw), max(_FEWEST_ROWS, _MOST_CELLS // raw.shape[1]))
    logs = np.log(np.clip(raw[rows], _SMALLEST, 1.0))
    y, weight = y[rows], _of_rows(weight, rows)
    true = logs[np.arange(len(y)), y]

    def loss(log_power: float) -> float:
        power = math.exp(log_power)
        return float(np.average(np.log(np.exp(power * logs).sum(axis=1)) - power * true, weights=weight))

    found = minimize_scalar(loss, bounds=(math.log(_LEAST), math.log(_MOST)), method="bounded")
    return math.exp(found.x)


def _log_loss(true: np.ndarray, weight: np.ndarray | None) -> float:
    return float(-np.average(np.log(np.clip(true, _SMALLEST, 1.0)), weights=weight))


def _of_rows(weight: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if weight is None else weight[rows]
