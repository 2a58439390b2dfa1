"""A correction of predicted values by one number."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from podium_ml.algorithms import Objective
from podium_ml.contracts.targets import Folds, Targets
from podium_ml.metrics import Metric
from podium_ml.targets._cross_fitted import cross_fitted

# A correction must improve the metric by this share, cross-fitted, to be worth it ...
_WORTH = 0.002
# ... unless the sum of all predictions, or the share of targets below a quantile, is off by this much and by two
# standard errors. Then it may cost as much of the metric as this.
_OFF, _CLEAR, _TOLERANCE = 0.02, 2.0, 0.002


@dataclass(frozen=True)
class Shift:
    """Adds to predicted values, or multiplies them.

    Attributes:
        offset: What is added.
        factor: By what values are multiplied.
    """

    offset: float = 0.0
    factor: float = 1.0

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return corrected values, shape ``(n,)``."""
        return self.factor * raw + self.offset


@dataclass(frozen=True)
class ShiftChoice:
    """A shift that helps, or none.

    Attributes:
        shift: The shift, fitted on all rows.
        kind: ``"offset"``, ``"factor"`` or empty.
        score: Cross-fitted score with it.
    """

    shift: Shift | None
    kind: str
    score: float


Fit = Callable[[np.ndarray, np.ndarray, np.ndarray], Shift]


def choose_shift(
    raw: np.ndarray, targets: Targets, *, metric: Metric, objective: Objective, folds: Folds
) -> ShiftChoice:
    """Fit an offset and a factor, and keep the better one if it helps rows that it was not fitted on.

    Models of the mean become models of a quantile like this, roughly, and of the targets as many as there should be are
    below it. Where the mean is asked for, the sum of the
    predictions becomes that of the targets, like the smearing of logarithmic models (Duan 1983).

    Args:
        raw: Out-of-fold predictions, shape ``(n,)``.
        targets: Targets of the same rows.
        metric: What to improve.
        objective: What the metric asks for.
        folds: Splits for cross-fitting; without any, there is no shift.
    """
    y, weight = targets.y, targets.weight
    plain = metric.score(y, raw, weight)
    best = ShiftChoice(None, "", plain)
    if not folds or objective.logarithmic:
        return best
    mass = np.ones(len(y)) if weight is None or not weight.any() else weight
    off = not objective.relative and _is_off(raw, y, mass, objective.level)
    margin = abs(plain) * (-_TOLERANCE if off else _WORTH)
    least = metric.utility(plain) + margin
    for kind, fit in _fits(raw, y, objective).items():
        honest = cross_fitted(folds, lambda *rows, fit=fit: _fit_and_apply(fit, raw, y, mass, *rows), raw)
        score = metric.score(y, honest, weight)
        if metric.utility(score) >= max(least, metric.utility(best.score) if best.shift else least):
            best = ShiftChoice(fit(raw, y, mass), kind, score)
    return best


def _fits(raw: np.ndarray, y: np.ndarray, objective: Objective) -> dict[str, Fit]:
    fits: dict[str, Fit] = {}
    if raw.min() > 0 and y.min() >= 0:
        fits["factor"] = lambda p, t, w: Shift(factor=_factor(p, t, w, objective))
    if not objective.relative:
        fits["offset"] = lambda p, t, w: Shift(offset=_location(t - p, w, objective.level))
    return fits


def _fit_and_apply(
    fit: Fit, raw: np.ndarray, y: np.ndarray, mass: np.ndarray, train: np.ndarray, valid: np.ndarray
) -> np.ndarray:
    return fit(raw[train], y[train], mass[train]).calibrate(raw[valid])


def _factor(raw: np.ndarray, y: np.ndarray, mass: np.ndarray, objective: Objective) -> float:
    """Return the factor with the right sum, the right share of targets below, or the least relative errors."""
    if objective.level is None:
        mass = mass * raw
    if objective.relative:
        mass = mass * raw / np.maximum(y, np.finfo(np.float64).eps)
    return _location(y / raw, mass, objective.level)


def _location(values: np.ndarray, mass: np.ndarray, level: float | None) -> float:
    """Return the weighted mean, or the weighted quantile of a level."""
    if not mass.any():
        mass = np.ones(len(values))
    if level is None:
        return float(np.average(values, weights=mass))
    order = np.argsort(values, kind="stable")
    below = np.cumsum(mass[order])
    at = int(np.searchsorted(below, level * below[-1]))
    return float(values[order][min(at, len(values) - 1)])


def _is_off(raw: np.ndarray, y: np.ndarray, mass: np.ndarray, level: float | None) -> bool:
    """Whether the sum of the predictions, or the share below a quantile, is clearly off, and by more than a little."""
    error = mass * (y - raw if level is None else (y < raw) - level)
    unit = mass * np.abs(y) if level is None else mass
    missing, chance = abs(float(error.sum())), float(error.std()) * np.sqrt(len(y))
    return missing > _OFF * float(unit.sum()) and missing > _CLEAR * chance
