"""What a bootstrap draws: rows, or whole groups or blocks of time where rows are not independent."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from podium_ml.contracts.targets import Targets

Kind = Literal["rows", "groups", "blocks"]
# Fewer groups or blocks than this are called few. Time is not cut into fewer blocks than the second number, because
# their spread could not be estimated.
FEW_UNITS, _FEWEST_BLOCKS = 10, 5
# Lags whose autocorrelation must be negligible in a row, and the smallest one that is not (Politis and White 2004).
_LAGS, _BOUND = 5, 2.0


@dataclass(frozen=True)
class Units:
    """The units that are drawn with replacement. Rows of one unit are drawn together.

    Attributes:
        kind: What the units are.
        codes: Unit of each row, ``0 .. number - 1``, shape ``(n,)``.
    """

    kind: Kind
    codes: np.ndarray

    @cached_property
    def number(self) -> int:
        """Number of units."""
        return int(self.codes.max(initial=-1)) + 1

    @property
    def are_few(self) -> bool:
        """Whether there are too few groups or blocks to know their spread well."""
        return self.kind != "rows" and self.number < FEW_UNITS

    def with_rows(self, rows: np.ndarray) -> int:
        """Return the number of units that contain some of these rows.

        Args:
            rows: Which rows, shape ``(n,)``, booleans.
        """
        return int(np.count_nonzero(rows)) if self.kind == "rows" else len(np.unique(self.codes[rows]))

    def of_rows(self, rows: np.ndarray) -> "Units":
        """Return the units of some rows, numbered anew.

        Args:
            rows: Positions of the rows, shape ``(r,)``.
        """
        return Units(self.kind, np.unique(self.codes[rows], return_inverse=True)[1])


def units_of(targets: Targets, errors: np.ndarray | None = None) -> Units:
    """Return the groups of the rows; else blocks of time; else the rows themselves.

    Args:
        targets: Targets of the rows, with their groups and times.
        errors: An error of each row, whose autocorrelation determines the length of the blocks, shape ``(n,)``.
    """
    if targets.group is not None:
        return Units("groups", np.unique(targets.group, return_inverse=True)[1])
    if targets.time is not None:
        return Units("blocks", time_blocks(targets.time, errors))
    return Units("rows", np.arange(len(targets.y)))


def time_blocks(time: np.ndarray, errors: np.ndarray | None = None) -> np.ndarray:
    """Cut time into blocks of equally many consecutive moments, which are then drawn like groups (Carlstein 1986).

    The length of a block is the one that Politis and White (2004, with the correction of Patton, Politis and White
    2009) recommend for the mean of the errors. It is at least the cube root of the number of moments, the rate that is
    best for weakly dependent data (Hall, Horowitz and Jing 1995), and leaves at least five blocks.

    Args:
        time: Times of the rows, shape ``(n,)``.
        errors: An error of each row, shape ``(n,)``; without them, the cube root is taken.

    Returns:
        The number of each row's block, shape ``(n,)``.
    """
    moment = np.unique(time, return_inverse=True)[1]
    count = int(moment.max(initial=0)) + 1
    length = count ** (1 / 3)
    if errors is not None:
        means = np.bincount(moment, weights=errors) / np.bincount(moment)
        length = max(length, _block_length(means))
    blocks = max(min(_FEWEST_BLOCKS, count), math.floor(count / max(1.0, length)))
    return moment * blocks // count


def _block_length(series: np.ndarray) -> float:
    """Return the block length that suits the autocovariance of a series (Politis and White 2004, section 3.2)."""
    count, centred = len(series), series - series.mean()
    if count <= _LAGS or not centred.any():
        return 1.0
    most = min(count - 1, math.ceil(math.sqrt(count)) + _LAGS)
    covariance = (
        np.array([centred[lag:] @ centred[: max(0, count - lag)] for lag in range(2 * most + 1)]) / count
    )
    negligible = np.abs(covariance[1:] / covariance[0]) < _BOUND * math.sqrt(math.log10(count) / count)
    runs = np.convolve(negligible[: most + _LAGS], np.ones(_LAGS), mode="valid") == _LAGS
    last = int(runs.argmax()) if runs.any() else most
    lags = np.arange(-2 * last, 2 * last + 1)
    # A trapezoid: 1 up to half of the lags, then falling to 0.
    taper = np.clip(2 * (1 - np.abs(lags) / max(1, 2 * last)), 0, 1)
    tapered = taper * covariance[np.abs(lags)]
    slope, level = (np.abs(lags) * tapered).sum(), tapered.sum()
    if level <= 0:
        return 1.0
    return float((2 * slope**2 / (4 / 3 * level**2)) ** (1 / 3) * count ** (1 / 3))
