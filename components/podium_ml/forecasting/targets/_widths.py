"""How wide intervals must be to cover what they should."""

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm

from podium_ml.contracts.targets import Targets
from podium_ml.forecasting.hierarchy.adding import Sums
from podium_ml.forecasting.hierarchy.reconciliation import Reconciliation
from podium_ml.forecasting.levels import LEVELS

# Factors are within these bounds, and drawn towards 1 as if so many values had been covered as they should.
_LEAST, _MOST, _BEFORE = 0.2, 5.0, 20
# So many rows tell a quantile well enough.
_MOST_ROWS = 200_000
# The quantile loss decides with this weight, coverage with the rest, except for the widest interval. It is measured on
# at most so many rows.
_BY_LOSS, _MOST_ROWS_OF_LOSS = 0.5, 20_000
_FACTORS = np.geomspace(_LEAST, 4.0, 25)
_LEVELS = np.array(LEVELS)
# Each side of an interval counts as at least this part of it.
_SMALLEST_REACH = 0.2
_INTERVAL = LEVELS[-1] - LEVELS[0]
_NORMAL = norm.ppf(LEVELS)
# Columns of the ends of the central intervals, the widest one first.
_ENDS = [(1 + at, len(LEVELS) - at) for at in range(len(LEVELS) // 2)]
_PLACES = (np.arange(_BEFORE) + 0.5) / _BEFORE
_AS_IT_SHOULD = norm.ppf(0.5 + _PLACES / 2) / norm.ppf(LEVELS[-1])


@dataclass(frozen=True)
class Widths:
    """Makes intervals narrower or wider.

    Attributes:
        sharpness: What to divide the distances of quantiles from the point by.
        sums: Makes forecasts of scored rows add up, if series have sums.
        shape: What to multiply the distances of each central interval by, relative to those of the widest one, which
            comes first; empty for as they are.
    """

    sharpness: float
    sums: Sums | None = field(default=None, compare=False)
    shape: tuple[float, ...] = ()

    @property
    def reconciliation(self) -> Reconciliation:
        """How forecasts are made to add up."""
        return self.sums.how if self.sums else Reconciliation()

    def calibrate_rows(self, raw: np.ndarray, targets: Targets) -> np.ndarray:
        """Return points and quantiles of rows that add up, too; see ``Sums``."""
        found = self.calibrate(raw)
        return self.sums.add_up(found, targets) if self.sums else found

    def calibrate(self, raw: np.ndarray) -> np.ndarray:
        """Return points and quantiles, shape ``(n, 1 + q)``; what was never negative stays so.

        A quantile of 0 of such rows stays 0, too: values that are often 0 would else lie just outside their interval.
        """
        if self.sharpness == 1.0 and not self.shape:
            return raw
        point, factor = raw[:, :1], np.ones(len(LEVELS))
        for (low, high), one in zip(_ENDS, self.shape, strict=False):
            factor[[low - 1, high - 1]] = one
        quantiles = point + (raw[:, 1:] - point) * factor / self.sharpness
        never_negative = raw.min(axis=1, keepdims=True) >= 0
        quantiles[never_negative & (raw[:, 1:] == 0)] = 0.0
        floor = np.where(never_negative, 0.0, -np.inf)
        return np.column_stack([point, np.maximum(np.sort(quantiles, axis=1), floor)])


def with_spread(raw: np.ndarray, deviation: np.ndarray, *, never_negative: np.ndarray) -> np.ndarray:
    """Return points with quantiles that are further apart, by the deviation of what else is uncertain.

    Args:
        raw: Points and quantiles, shape ``(n, 1 + q)``.
        deviation: Standard deviation of a further, independent error of each row, shape ``(n,)``.
        never_negative: Which rows have no negative quantile, shape ``(n,)``.
    """
    point, side = raw[:, :1], np.sign(_NORMAL)
    distance = np.hypot(np.maximum(side * (raw[:, 1:] - point), 0.0), deviation[:, None] * _NORMAL)
    moved = point + side * distance
    quantiles = np.where(side > 0, np.maximum(moved, raw[:, 1:]), np.minimum(moved, raw[:, 1:]))
    quantiles = np.where(side == 0, raw[:, 1:], quantiles)
    floor = np.where(never_negative, 0.0, -np.inf)[:, None]
    return np.column_stack([point, np.maximum(quantiles, floor)])


def fitting_widths(raw: np.ndarray, y: np.ndarray, windows: np.ndarray | None = None) -> Widths:
    """Return widths with which central intervals about cover their shares, and the quantile loss is small.

    Errors of forecasts are small more often, and large more often, than those of a normal distribution, because some
    windows are harder than others. So the widest interval covers its share of windows that it did not learn from. The
    inner intervals are drawn towards those of a Laplace distribution; and a hard window must not make them wide in all
    others, so they are narrowed towards the mean of the widths that suit each window best.

    Args:
        raw: Points and quantiles of values that were not learned from, shape ``(n, 1 + q)``.
        y: Values and scales, shape ``(n, 2)``.
        windows: Which window each value is in, shape ``(n,)``; ``None`` for a single one.
    """
    sharpness = fitting_width(raw, y)
    if not len(raw):
        return Widths(sharpness)
    if len(raw) > _MOST_ROWS:
        some = np.random.default_rng(0).choice(len(raw), _MOST_ROWS, replace=False)
        raw, y, windows = raw[some], y[some], None if windows is None else windows[some]
    shape = [1.0]
    for low, high in _ENDS[1:]:
        share = LEVELS[high - 1] - LEVELS[low - 1]
        # The widest interval of a Laplace distribution ends at log(5), measured in its scale.
        usual = -np.log1p(-_PLACES) / np.log(1 / (1 - _INTERVAL)) * _NORMAL[-1] / _NORMAL[high - 1]
        needed = np.minimum(np.append(_needed(raw, y, low, high), usual / sharpness), _MOST)
        shape.append(float(np.clip(np.quantile(needed, share) * sharpness, _LEAST, _MOST)))
    windows = np.zeros(len(raw)) if windows is None else windows
    suiting = _suiting_widths(raw, y, windows)
    # One window more, which the covering width suits, so that a single one does not decide.
    mean = np.log([sharpness, *suiting[np.isfinite(suiting)]]).mean()
    inner = float(sharpness ** (1 - _BY_LOSS) * np.exp(_BY_LOSS * mean))
    widest = _covering_width(raw, y, windows)
    return Widths(widest, shape=(1.0, *(one * widest / inner for one in shape[1:])))


def _covering_width(raw: np.ndarray, y: np.ndarray, windows: np.ndarray) -> float:
    """Return the same as ``fitting_width`` for windows that it does not learn from, which intervals cover less often.

    Args:
        raw: Points and quantiles of values that were not learned from, shape ``(n, 1 + q)``.
        y: Values and scales, shape ``(n, 2)``.
        windows: Which window each value is in, shape ``(n,)``.
    """
    sharpness, codes = fitting_width(raw, y), np.unique(windows)
    if len(codes) < 2:
        return sharpness
    missing = np.empty(len(raw))
    for one in codes:
        valid = windows == one
        missing[valid] = _needed(raw[valid], y[valid], *_ENDS[0]) * fitting_width(raw[~valid], y[~valid])
    more = np.quantile(np.minimum(np.append(missing, _AS_IT_SHOULD), _MOST), _INTERVAL)
    return sharpness / max(1.0, float(more))


def _suiting_widths(raw: np.ndarray, y: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Return what to divide the distances from the point by for the least loss in each window, NaN if none matters."""
    if len(raw) > _MOST_ROWS_OF_LOSS:
        some = np.random.default_rng(0).choice(len(raw), _MOST_ROWS_OF_LOSS, replace=False)
        raw, y, windows = raw[some], y[some], windows[some]
    codes, of = np.unique(windows, return_inverse=True)
    error, distances = y[:, :1] - raw[:, :1], raw[:, 1:] - raw[:, :1]
    losses = []
    for factor in _FACTORS:
        beyond = error - factor * distances
        loss = np.maximum(_LEVELS * beyond, (_LEVELS - 1) * beyond).mean(axis=1) / y[:, 1]
        losses.append(np.bincount(of, weights=loss, minlength=len(codes)) / np.bincount(of))
    return np.where(np.ptp(losses, axis=0) > 0, 1 / _FACTORS[np.argmin(losses, axis=0)], np.nan)


def fitting_width(raw: np.ndarray, y: np.ndarray) -> float:
    """Return what to divide the distances of quantiles from the point by, so that the widest interval covers its share.

    Args:
        raw: Points and quantiles of values that were not learned from, shape ``(n, 1 + q)``.
        y: Values and scales, shape ``(n, 2)``.
    """
    if not len(raw):
        return 1.0
    needed = np.minimum(np.append(_needed(*_some(raw, y), *_ENDS[0]), _AS_IT_SHOULD), _MOST)
    return 1.0 / float(np.clip(np.quantile(needed, _INTERVAL), _LEAST, _MOST))


def _some(raw: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if len(raw) <= _MOST_ROWS:
        return raw, y
    some = np.random.default_rng(0).choice(len(raw), _MOST_ROWS, replace=False)
    return raw[some], y[some]


def _needed(raw: np.ndarray, y: np.ndarray, low: int, high: int) -> np.ndarray:
    """Return by how much an interval must be wider to end at each value, shape ``(n,)``."""
    distance = y[:, 0] - raw[:, 0]
    reach = np.where(distance >= 0, raw[:, high] - raw[:, 0], raw[:, 0] - raw[:, low])
    # Where the point is near an end of the interval, or beyond it, scaling would move the other end far away.
    reach = np.maximum(reach, _SMALLEST_REACH * (raw[:, high] - raw[:, low]))
    return np.abs(distance) / np.maximum(reach, 1e-9 * np.maximum(y[:, 1], 1e-300))
