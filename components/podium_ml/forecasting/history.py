"""The past of many series in flat arrays, for forecasters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

SERIES, STEP = "podium series", "podium step"
"""The first two columns of features: the code of the series, and the step on the calendar."""

# A gap that is longer than this, and than the series has values, starts the series anew.
_LONGEST_GAP = 1_000
# From so many values on, they are kept in single precision.
_MANY = 1_000_000
# Seasons that a gap may last and still be filled from the season before.
_MOST_SEASONS = 50


@dataclass(frozen=True)
class History:
    """The values of one series at every step from its first to its last, NaN where they are missing.

    Attributes:
        code: Code of the series.
        first: Its first step.
        values: Values, shape ``(t,)``.
    """

    code: int
    first: int
    values: np.ndarray

    @property
    def last(self) -> int:
        """The last step."""
        return self.first + len(self.values) - 1


@dataclass(frozen=True, eq=False)
class Past(Mapping[int, History]):
    """Values of series at every step from the first to the last one, NaN where they are missing.

    It is also a mapping from codes to histories.

    Attributes:
        codes: Codes of the series, ascending, shape ``(s,)``.
        firsts: First step of each series, shape ``(s,)``.
        offsets: Where the values of each series begin, and the number of all values, shape ``(s + 1,)``.
        flat: Values of all series, one after the other, shape ``(n,)``.
    """

    codes: np.ndarray
    firsts: np.ndarray
    offsets: np.ndarray
    flat: np.ndarray

    @classmethod
    def of(cls, X: np.ndarray, y: np.ndarray) -> "Past":
        """Return the past that rows tell; those without a value are left out.

        Args:
            X: Encoded features, whose first columns are series and step, in any order of the rows, shape ``(n, d)``.
            y: Values, or values and scales, shape ``(n,)`` or ``(n, 2)``.
        """
        values = np.asarray(y, dtype=np.float64)
        values = values[:, 0] if values.ndim > 1 else values
        codes, steps = places(X)
        known = np.isfinite(values)
        codes, steps, values = codes[known], steps[known], values[known]
        if not _in_order(codes, steps):
            order = np.lexsort((steps, codes))
            codes, steps, values = codes[order], steps[order], values[order]
        kept = _after_long_gaps(codes, steps)
        codes, steps, values = codes[kept], steps[kept], values[kept]
        ids, starts = np.unique(codes, return_index=True)
        ends = np.append(starts[1:], len(codes)) - 1
        firsts, lasts = (steps[starts], steps[ends]) if len(ids) else (starts, starts)
        offsets = np.append(0, np.cumsum(lasts - firsts + 1)).astype(np.int64)
        flat = np.full(int(offsets[-1]), np.nan, dtype=np.float32 if len(values) > _MANY else np.float64)
        flat[steps + np.repeat(offsets[:-1] - firsts, np.diff(np.append(starts, len(codes))))] = values
        return cls(ids, firsts, offsets, flat)

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[int]:
        return iter(self.codes.tolist())

    def __getitem__(self, code: int) -> History:
        at = int(self.find(np.array([code]))[0])
        if at < 0:
            raise KeyError(code)
        return History(int(code), int(self.firsts[at]), self.of_series(at))

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of steps of each series, shape ``(s,)``."""
        return np.diff(self.offsets)

    @cached_property
    def lasts(self) -> np.ndarray:
        """Last step of each series, shape ``(s,)``."""
        return self.firsts + self.lengths - 1

    @property
    def steps(self) -> np.ndarray:
        """Step of each value, shape ``(n,)``."""
        return np.arange(len(self.flat)) + np.repeat(self.firsts - self.offsets[:-1], self.lengths)

    @cached_property
    def series(self) -> np.ndarray:
        """Position of the series of each value, shape ``(n,)``."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def find(self, codes: np.ndarray) -> np.ndarray:
        """Return the positions of series by their codes, -1 for those without a past."""
        if not len(self):
            return np.full(len(codes), -1)
        at = np.minimum(np.searchsorted(self.codes, codes), len(self) - 1)
        return np.where(self.codes[at] == codes, at, -1)

    def at(self, series: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Return the values of series at some steps, NaN before the first and after the last one.

        Args:
            series: Positions of the series.
            steps: Steps, which broadcast with ``series``.
        """
        place = steps - self.firsts[series]
        inside = (place >= 0) & (place < self.lengths[series])
        return np.where(inside, self.flat[np.where(inside, self.offsets[series] + place, 0)], np.nan)

    def of_series(self, position: int) -> np.ndarray:
        """Return the values of one series."""
        return self.flat[self.offsets[position] : self.offsets[position + 1]]

    def subset(self, positions: np.ndarray) -> "Past":
        """Return the past of some of the series, given by ascending positions."""
        lengths = self.lengths[positions]
        offsets = np.append(0, np.cumsum(lengths))
        index = np.repeat(self.offsets[positions] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Past(self.codes[positions], self.firsts[positions], offsets, self.flat[index])

    def filled(self, season: int = 1) -> "Past":
        """Return the past without gaps: the value of the season before where there is one, else interpolated ones."""
        values = np.array(self.flat)
        missing = np.flatnonzero(np.isnan(values))
        if not len(missing):
            return self
        place = missing - self.offsets[self.series[missing]]
        for _ in range(_MOST_SEASONS if season > 1 else 0):
            before = np.where(place >= season, values[np.maximum(missing - season, 0)], np.nan)
            values[missing] = before
            left = np.isnan(before)
            if left.all() or not left.any():
                break
            missing, place = missing[left], place[left]
        gaps = np.isnan(values)
        known = np.flatnonzero(~gaps)
        values[gaps] = np.interp(np.flatnonzero(gaps), known, values[known])
        return Past(self.codes, self.firsts, self.offsets, values)

    def matrix(self, most: int) -> np.ndarray:
        """Return the last values of each series, float64, aligned at the end, NaN before the first one.

        Args:
            most: Greatest number of columns.
        """
        width = int(min(most, self.lengths.max(initial=0)))
        place = self.offsets[1:, None] - width + np.arange(width)
        inside = place >= self.offsets[:-1, None]
        return np.where(inside, self.flat[np.maximum(place, 0)], np.nan).astype(np.float64)

    def statistic(self, function: np.ufunc) -> np.ndarray:
        """Return a reduction of the values of each series, such as ``np.minimum``, shape ``(s,)``."""
        if not len(self):
            return np.empty(0)
        return np.asarray(function.reduceat(self.flat, self.offsets[:-1]), dtype=np.float64)


def joined_past(pasts: Sequence[Past]) -> tuple[Past, np.ndarray]:
    """Return the past of the series of several, and the positions of its series in all of them together."""
    codes = np.concatenate([past.codes for past in pasts])
    order = np.argsort(codes, kind="stable")
    lengths, firsts = (
        np.concatenate([getattr(past, name) for past in pasts]) for name in ("lengths", "firsts")
    )
    flat = np.concatenate([past.flat for past in pasts])
    everything = Past(codes, firsts, np.append(0, np.cumsum(lengths)), flat)
    found = everything.subset(order)
    many = len(flat) > _MANY and flat.dtype != np.float32
    return (replace(found, flat=found.flat.astype(np.float32)) if many else found), order


def places(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes of the series and the steps of encoded features, int64, shape ``(n,)`` each."""
    return X[:, 0].astype(np.int64), X[:, 1].astype(np.int64)


def chunks(sizes: Sequence[int] | np.ndarray, most: int) -> list[np.ndarray]:
    """Return positions in groups of similar sizes, so that a matrix of each group has at most so many cells.

    Args:
        sizes: Number of cells of each row.
        most: Greatest number of cells of a group.
    """
    order, groups, start = np.argsort(sizes, kind="stable"), [], 0
    ordered = np.maximum(1, np.asarray(sizes)[order])
    while start < len(order):
        counts = np.arange(1, len(order) - start + 1)
        fits = int(np.searchsorted(counts * ordered[start:], most, side="right"))
        end = start + max(1, fits)
        groups.append(np.sort(order[start:end]))
        start = end
    return groups


def _in_order(codes: np.ndarray, steps: np.ndarray) -> bool:
    later = codes[1:] > codes[:-1]
    return bool((later | ((codes[1:] == codes[:-1]) & (steps[1:] >= steps[:-1]))).all())


def _after_long_gaps(codes: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return which rows, ordered by series and step, come after the last gap that is too long to fill."""
    if not len(codes):
        return np.ones(0, dtype=bool)
    count = np.unique(codes, return_counts=True)[1]
    size = np.repeat(count, count)
    new = np.append(True, np.diff(codes) != 0)
    gap = np.append(0, np.diff(steps))
    cut = ~new & (gap > np.maximum(_LONGEST_GAP, size))
    if not cut.any():
        return np.ones(len(codes), dtype=bool)
    cuts = np.cumsum(cut)
    last = np.append(np.flatnonzero(new)[1:], len(codes)) - 1
    return cuts == np.repeat(cuts[last], count)
