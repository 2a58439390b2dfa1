"""What is drawn as a whole when rows are resampled: rows, groups, or blocks of time."""

from dataclasses import dataclass

import numpy as np

# Time is cut into so many blocks. Fewer would say little; more would be too short for what lasts some time.
_BLOCKS = 20


@dataclass(frozen=True)
class Units:
    """Rows that are independent of each other, or the groups of rows that are.

    Attributes:
        code: Number of the unit of each row, from 0, shape ``(n,)``.
        strata: Code of each unit's stratum, shape ``(u,)``; each resample has as many units of each stratum.
        noun: What the units are, in the plural.
    """

    code: np.ndarray
    strata: np.ndarray
    noun: str

    @property
    def count(self) -> int:
        """The number of units."""
        return len(self.strata)

    def of_rows(self, rows: np.ndarray) -> "Units":
        """Return the units of some rows."""
        known, code = np.unique(self.code[rows], return_inverse=True)
        return Units(code, self.strata[known], self.noun)

    def draw(self, number: int, random: np.random.Generator) -> np.ndarray:
        """Return how often each row is drawn in each resample, shape ``(n, number + 1)``.

        The first resample contains every row once.
        """
        counts = np.ones((number + 1, self.count), dtype=np.int64)
        for stratum in np.unique(self.strata):
            members = np.flatnonzero(self.strata == stratum)
            equal = np.full(len(members), 1 / len(members))
            counts[1:, members] = random.multinomial(len(members), equal, size=number)
        return np.ascontiguousarray(counts[:, self.code].T)


def find_units(
    rows: int,
    *,
    strata: np.ndarray | None,
    group: np.ndarray | None,
    time: np.ndarray | None,
    noun: str = "groups",
) -> Units:
    """Return the units of some rows.

    Args:
        rows: Number of rows.
        strata: Code of each row's class; rows are drawn class by class, so that no resample lacks one.
        group: Code of each row's group, or ``None``.
        time: Rank of each row's time, or ``None``.
        noun: What the groups are, in the plural.
    """
    if group is not None:
        return _whole(group, noun)
    if time is not None:
        return _whole(_blocks(time), "blocks of time")
    return Units(np.arange(rows), np.zeros(rows, dtype=np.int64) if strata is None else strata, "rows")


def _whole(code: np.ndarray, noun: str) -> Units:
    known, unit = np.unique(code, return_inverse=True)
    return Units(unit, np.zeros(len(known), dtype=np.int64), noun)


def _blocks(time: np.ndarray) -> np.ndarray:
    """Return blocks of consecutive rows of about equal size; the rows of one time are in one block."""
    before = np.searchsorted(np.sort(time), time, side="left")
    return before * _BLOCKS // len(time)
