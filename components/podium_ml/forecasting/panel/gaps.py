"""Gaps between neighbouring stamps, counted by size: millions of rows have few different ones."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

MOST_STEPS = 4
"""A typical gap has at most so many steps of the calendar."""
EXCEPTIONS = 0.05
"""Share of the gaps that may not fit, because of single mistakes."""


@dataclass(frozen=True)
class Gaps:
    """Gaps by size.

    Attributes:
        sizes: The different sizes, in order, positive int64.
        counts: How often each occurs.
    """

    sizes: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, gaps: np.ndarray) -> Self:
        """Count gaps."""
        return cls(*np.unique(gaps, return_counts=True))

    @cached_property
    def median(self) -> float:
        """The typical gap."""
        total = np.cumsum(self.counts)
        return float(self.sizes[np.searchsorted(total, total[-1] / 2)])

    @property
    def divisor(self) -> int:
        """The greatest common divisor of all gaps."""
        return int(np.gcd.reduce(self.sizes))

    def share(self, chosen: np.ndarray) -> float:
        """Return the share of the gaps whose sizes are chosen.

        Args:
            chosen: Booleans, one for each size.
        """
        return float(self.counts[chosen].sum() / self.counts.sum())

    def scaled(self, size: int) -> "Gaps":
        """Return gaps in a larger unit, rounded, without those that become 0."""
        scaled = (self.sizes + size // 2) // size
        sizes, places = np.unique(scaled, return_inverse=True)
        counts = np.bincount(places, weights=self.counts).astype(np.int64)
        return Gaps(sizes[sizes > 0], counts[sizes > 0])

    def common(self) -> int:
        """Return the step of which nearly all gaps are multiples; 0 if there is none that many gaps have."""
        usual = int(self.sizes[self.counts.argmax()])
        for step in (usual, int(self.median)):
            if self.share(self.sizes % step != 0) <= EXCEPTIONS:
                return step
        step = self.divisor
        return step if self.median <= MOST_STEPS * step else 0

    def examples(self) -> tuple[int, int]:
        """Return the typical gap, and one that is no multiple of it."""
        typical = int(self.median)
        others = self.sizes[self.sizes % typical != 0]
        return typical, int(others[-1]) if len(others) else typical
