"""Calibrators: they make probabilities mean what they say, and keep their order."""

from dataclasses import dataclass, field

import numpy as np

from podium_ml.targets._log_odds import class_log_odds
from podium_ml.targets._shift import Shift

_SMALLEST = 1e-12
# Strength of the prior against biases, in rows: enough for a class without rows, and too little to be noticed.
_BIAS_ROWS = 0.05
_LOWEST_SLOPE = 0.01
# Share of the given probability in isotonic calibration; without it, different probabilities would become equal.
_OWN_SHARE = 1e-3


@dataclass(frozen=True)
class LogisticCalibrator:
    """Scales log-probabilities, and adds a bias to those of each class.

    For two classes this is a logistic regression on the log odds (Platt 1999), for more of them bias-corrected
    temperature scaling (Alexandari, Kundaje and Shrikumar, ICML 2020). The biases undo what class weights did to the
    mean probabilities, which no temperature can.

    Attributes:
        slope: Positive factor of the log-probabilities; below 1 makes probabilities less extreme.
        biases: What is added for each class, shape ``(K,)``.
    """

    slope: float
    biases: np.ndarray = field(repr=False)

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities of shape ``(n, K)``."""
        return _softmax(self.slope * np.log(np.clip(raw, _SMALLEST, 1.0)) + self.biases)


@dataclass(frozen=True)
class TemperatureCalibrator:
    """Divides log-probabilities by a temperature (Guo et al., ICML 2017); only models of earlier versions have it.

    Attributes:
        temperature: Above 1 makes probabilities less extreme.
    """

    temperature: float

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities of shape ``(n, K)``."""
        return _softmax(np.log(np.clip(raw, _SMALLEST, 1.0)) / self.temperature)


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


@dataclass(frozen=True)
class LabelwiseCalibrator:
    """Calibrates the probability of each label of a set.

    Attributes:
        calibrators: One calibrator of two classes a label, or ``None``.
    """

    calibrators: "tuple[LogisticCalibrator | IsotonicCalibrator | None, ...]"

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities of shape ``(n, L)``."""
        columns = [
            positive if one is None else one.calibrate(of_two_classes(positive))[:, 1]
            for one, positive in zip(self.calibrators, raw.T, strict=True)
        ]
        return np.column_stack(columns)


Calibrator = LogisticCalibrator | TemperatureCalibrator | IsotonicCalibrator | LabelwiseCalibrator | Shift


def of_two_classes(positive: np.ndarray) -> np.ndarray:
    """Return the probabilities of both classes, shape ``(n, 2)``, from those of the positive one."""
    return np.column_stack([1.0 - positive, positive])


def _softmax(logs: np.ndarray) -> np.ndarray:
    """Return probabilities; without SciPy, whose import a prediction should not have to wait for."""
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_logistic(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> LogisticCalibrator:
    """Fit slope and biases by maximum a posteriori estimation; the slope shrinks towards 1.

    Args:
        raw: Probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        weight: Sample weights, or ``None``.
    """
    from podium_ml.targets._log_linear_pool import LogLinearPool

    pool = LogLinearPool(raw.shape[1], bias_rows=_BIAS_ROWS).fit(class_log_odds(raw), y, sample_weight=weight)
    return LogisticCalibrator(max(float(pool.coef_[0]), _LOWEST_SLOPE), pool.intercept_)


def fit_isotonic(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> IsotonicCalibrator:
    """Fit a strictly rising line; arguments as of ``fit_logistic``, for two classes."""
    from sklearn.isotonic import IsotonicRegression

    edge = 1.0 / (len(y) + 2)
    line = IsotonicRegression(y_min=edge, y_max=1.0 - edge, out_of_bounds="clip")
    line.fit(raw[:, 1], y, sample_weight=weight)
    given = np.unique(np.concatenate([[0.0], line.X_thresholds_, [1.0]]))
    meant = (1.0 - _OWN_SHARE) * line.predict(given) + _OWN_SHARE * given
    return IsotonicCalibrator(given, np.clip(meant, edge / 2, 1.0 - edge / 2))
