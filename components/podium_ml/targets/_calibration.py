"""Making probabilities mean what they say."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize_scalar

from podium_ml.contracts.targets import Folds
from podium_ml.metrics import Metric
from podium_ml.targets._cross_fitted import cross_fitted

_SMALLEST = 1e-12
# Calibration must save this share of the log loss, cross-fitted, to be worth it ...
_WORTH = 0.01
# ... and may cost no more than this share of the metric.
_TOLERANCE = 0.001
_LOWEST, _HIGHEST = 0.2, 5.0
# Below this many rows of a class, isotonic regression follows the noise.
_FEWEST_OF_A_CLASS = 300


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


@dataclass(frozen=True)
class IsotonicCalibrator:
    """Maps the positive class's probability along a rising line (Zadrozny and Elkan, KDD 2002).

    Attributes:
        given: Probabilities of the model, rising.
        meant: What they mean, rising, never 0 or 1.
    """

    given: np.ndarray = field(repr=False)
    meant: np.ndarray = field(repr=False)

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities of shape ``(n, 2)``."""
        positive = np.interp(raw[:, 1], self.given, self.meant)
        return np.column_stack([1.0 - positive, positive])


Calibrator = TemperatureCalibrator | IsotonicCalibrator
Fit = Callable[[np.ndarray, np.ndarray, np.ndarray | None], Calibrator]


@dataclass(frozen=True)
class Calibration:
    """A calibrator that helps, or none.

    Attributes:
        calibrator: The calibrator, fitted on all rows.
        kind: ``"temperature"``, ``"isotonic"`` or empty.
        gain: Log loss that it saves, cross-fitted.
        raw: The cross-fitted probabilities, shape ``(n, K)``.
    """

    calibrator: Calibrator | None
    kind: str
    gain: float
    raw: np.ndarray


def choose_calibration(
    raw: np.ndarray, y: np.ndarray, *, metric: Metric, folds: Folds, weight: np.ndarray | None = None
) -> Calibration:
    """Fit calibrators, and keep the best only if it helps rows that it was not fitted on.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        metric: What must not suffer.
        folds: Splits for cross-fitting; without any, nothing is calibrated.
        weight: Sample weights, or ``None``.
    """
    none = Calibration(None, "", 0.0, raw)
    if not folds:
        return none
    before = _loss(raw, y, weight)
    least = metric.utility(metric.score(y, raw, weight))
    least -= _TOLERANCE * abs(least)
    best = none
    for kind, fit in _fits(raw, y).items():
        honest = cross_fitted(folds, lambda *rows, fit=fit: _fit_and_apply(fit, raw, y, weight, *rows), raw)
        gain = before - _loss(honest, y, weight)
        harmless = metric.utility(metric.score(y, honest, weight)) >= least
        if gain >= _WORTH * before and gain > best.gain and harmless:
            best = Calibration(fit(raw, y, weight), kind, gain, honest)
    return best


def _fits(raw: np.ndarray, y: np.ndarray) -> dict[str, Fit]:
    fits: dict[str, Fit] = {"temperature": _fit_temperature}
    if raw.shape[1] == 2 and np.bincount(y, minlength=2).min() >= _FEWEST_OF_A_CLASS:
        fits["isotonic"] = _fit_isotonic
    return fits


def _fit_and_apply(
    fit: Fit,
    raw: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
    train: np.ndarray,
    valid: np.ndarray,
) -> np.ndarray:
    return fit(raw[train], y[train], None if weight is None else weight[train]).calibrate(raw[valid])


def _fit_temperature(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Calibrator:
    found = minimize_scalar(
        lambda t: _loss(TemperatureCalibrator(float(t)).calibrate(raw), y, weight),
        bounds=(_LOWEST, _HIGHEST),
        method="bounded",
    )
    return TemperatureCalibrator(float(found.x))


def _fit_isotonic(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> Calibrator:
    from sklearn.isotonic import IsotonicRegression

    edge = 1.0 / (len(y) + 2)
    line = IsotonicRegression(y_min=edge, y_max=1.0 - edge, out_of_bounds="clip")
    line.fit(raw[:, 1], y, sample_weight=weight)
    return IsotonicCalibrator(line.X_thresholds_, line.y_thresholds_)


def _loss(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
    likely = np.clip(raw[np.arange(len(y)), y], _SMALLEST, 1.0)
    if weight is not None and not weight.any():
        weight = None
    return float(np.average(-np.log(likely), weights=weight))
