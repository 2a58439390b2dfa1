"""Whether and how probabilities are calibrated."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts.targets import Folds
from podium_ml.metrics import Metric
from podium_ml.targets._calibration import (
    IsotonicCalibrator,
    LabelwiseCalibrator,
    LogisticCalibrator,
    fit_isotonic,
    fit_logistic,
    of_two_classes,
)
from podium_ml.targets._cross_fitted import cross_fitted, sample_rows

_SMALLEST = 1e-12
# Calibration must save this share of the log loss, cross-fitted, to be worth it ...
_WORTH = 0.01
# ... unless a class with this many rows has a mean probability that is off by this share of the class's own share.
_FEWEST_OFF, _OFF = 10, 0.1
# It may cost no more than this share of the metric.
_TOLERANCE = 0.001
# Below this many rows of a class, isotonic regression follows the noise.
_FEWEST_OF_A_CLASS = 300
# A few parameters do not need more rows.
_MOST_ROWS = 50_000

OneCalibrator = LogisticCalibrator | IsotonicCalibrator
Fit = Callable[[np.ndarray, np.ndarray, np.ndarray | None], OneCalibrator]


@dataclass(frozen=True)
class Calibration:
    """A calibrator that helps, or none.

    Attributes:
        calibrator: The calibrator, fitted on all rows.
        kind: ``"logistic"``, ``"isotonic"`` or empty.
        gain: Log loss that it saves, cross-fitted.
        raw: The cross-fitted probabilities, shape ``(n, K)``.
    """

    calibrator: OneCalibrator | LabelwiseCalibrator | None
    kind: str
    gain: float
    raw: np.ndarray


def choose_calibration(
    raw: np.ndarray, y: np.ndarray, *, metric: Metric, folds: Folds, weight: np.ndarray | None = None
) -> Calibration:
    """Fit calibrators, and keep the best only if it helps rows that it was not fitted on.

    A calibrator helps if it saves log loss, or if it corrects a mean probability that is off. It may not worsen a
    metric of probabilities. It cannot worsen one of decisions, because thresholds are carried over to the calibrated
    probabilities, see ``carry_threshold``.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        metric: What must not suffer.
        folds: Splits for cross-fitting; without any, nothing is calibrated.
        weight: Sample weights, or ``None``.
    """
    best = Calibration(None, "", 0.0, raw)
    if not folds:
        return best
    before, off = _loss(raw, y, weight), mean_error(raw, y, weight)
    least_gain = _WORTH * before
    for kind, fit in _fits(raw, y).items():
        honest = cross_fitted(folds, lambda *rows, fit=fit: _fit_and_apply(fit, raw, y, weight, *rows), raw)
        gain = before - _loss(honest, y, weight)
        needed = off > _OFF and mean_error(honest, y, weight) < off and gain > -least_gain
        if not (gain >= least_gain or needed) or (best.calibrator and gain <= best.gain):
            continue
        calibrator = _fitted(fit, raw, y, weight)
        if _harmless(metric, y, raw, honest, calibrator.calibrate(raw), weight):
            best = Calibration(calibrator, kind, gain, honest)
    return best


def choose_label_calibration(
    raw: np.ndarray, y: np.ndarray, *, metric: Metric, folds: Folds, weight: np.ndarray | None = None
) -> Calibration:
    """Calibrate each label of a set for itself, if that helps.

    Args:
        raw: Out-of-fold probabilities, shape ``(n, L)``.
        y: 1 for each label that a row has, shape ``(n, L)``.
        metric: What must not suffer.
        folds: Splits for cross-fitting; without any, nothing is calibrated.
        weight: Sample weights, or ``None``.
    """
    from podium_ml.metrics import resolve_metric

    log_loss = resolve_metric("log_loss", "binary")
    found = [
        choose_calibration(of_two_classes(positive), own, metric=log_loss, folds=folds, weight=weight)
        for positive, own in zip(raw.T, y.T, strict=True)
    ]
    calibrator = LabelwiseCalibrator(tuple(one.calibrator for one in found))  # type: ignore[misc]
    honest = np.column_stack([one.raw[:, 1] for one in found])
    kinds = sorted({one.kind for one in found if one.kind})
    if not kinds or not _harmless(metric, y, raw, honest, calibrator.calibrate(raw), weight):
        return Calibration(None, "", 0.0, raw)
    return Calibration(calibrator, " and ".join(kinds), float(np.mean([one.gain for one in found])), honest)


def mean_error(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Return how far mean probabilities are from the classes' shares, relative to these; the worst of the classes.

    Args:
        raw: Probabilities, shape ``(n, K)``.
        y: Class codes, shape ``(n,)``.
        weight: Sample weights, or ``None``.
    """
    mass = _mass(y, weight)
    counts = np.bincount(y, minlength=raw.shape[1])
    common = (counts >= min(_FEWEST_OFF, counts.max())) & (np.bincount(y, mass, raw.shape[1]) > 0)
    shares = np.bincount(y, mass, raw.shape[1])[common]
    return float(np.max(np.abs(mass @ raw[:, common] - shares) / shares))


def _fits(raw: np.ndarray, y: np.ndarray) -> dict[str, Fit]:
    fits: dict[str, Fit] = {"logistic": fit_logistic}
    if raw.shape[1] == 2 and np.bincount(y, minlength=2).min() >= _FEWEST_OF_A_CLASS:
        fits["isotonic"] = fit_isotonic
    return fits


def _fit_and_apply(
    fit: Fit,
    raw: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
    train: np.ndarray,
    valid: np.ndarray,
) -> np.ndarray:
    part = None if weight is None else weight[train]
    return _fitted(fit, raw[train], y[train], part).calibrate(raw[valid])


def _fitted(fit: Fit, raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> OneCalibrator:
    rows = sample_rows(y, np.arange(len(y)), most=_MOST_ROWS)
    part = None if weight is None or not weight[rows].any() else weight[rows]
    return fit(raw[rows], y[rows], part)


def _harmless(
    metric: Metric,
    y: np.ndarray,
    raw: np.ndarray,
    honest: np.ndarray,
    calibrated: np.ndarray,
    weight: np.ndarray | None,
) -> bool:
    """Whether the metric does not suffer; a metric of the order of two classes is the same before and after."""
    if metric.needs == "label":
        return True
    before = metric.score(y, raw, weight)
    if np.isclose(metric.score(y, calibrated, weight), before, rtol=1e-9, atol=0.0):
        return True
    return metric.utility(metric.score(y, honest, weight)) >= metric.utility(before) - _TOLERANCE * abs(
        before
    )


def _loss(raw: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> float:
    likely = np.clip(raw[np.arange(len(y)), y], _SMALLEST, 1.0)
    return float(_mass(y, weight) @ -np.log(likely))


def _mass(y: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Return weights that sum to 1."""
    mass = np.ones(len(y)) if weight is None or not weight.any() else np.asarray(weight, dtype=np.float64)
    return mass / mass.sum()
