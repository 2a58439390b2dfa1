"""The past of each series as a regular array, for forecasters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SERIES, STEP = "podium series", "podium step"
"""The first two columns of features: the code of the series, and the step on the calendar."""


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

    def filled(self, season: int = 1) -> np.ndarray:
        """Return the values without gaps: those of the season before where there are, else interpolated ones."""
        values = self.values.copy()
        for at in np.flatnonzero(np.isnan(values)):
            if at >= season > 1:
                values[at] = values[at - season]
        missing = np.isnan(values)
        if missing.any() and not missing.all():
            values[missing] = np.interp(np.flatnonzero(missing), np.flatnonzero(~missing), values[~missing])
        return np.nan_to_num(values)


def histories(X: np.ndarray, y: np.ndarray) -> Iterator[History]:
    """Yield the history of each series, in the order of their codes.

    Args:
        X: Encoded features, in any order of the rows, shape ``(n, d)``.
        y: Values of the same rows, NaN for missing ones, shape ``(n,)``.
    """
    codes, steps = places(X)
    order = np.lexsort((steps, codes))
    codes, steps, y = codes[order], steps[order], np.asarray(y, dtype=np.float64)[order]
    for part in np.split(np.arange(len(codes)), np.flatnonzero(np.diff(codes)) + 1):
        if not len(part):
            continue
        first = int(steps[part[0]])
        values = np.full(int(steps[part[-1]]) - first + 1, np.nan)
        values[steps[part] - first] = y[part]
        yield History(int(codes[part[0]]), first, values)


def places(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes of the series and the steps of encoded features, int64, shape ``(n,)`` each."""
    return X[:, 0].astype(np.int64), X[:, 1].astype(np.int64)
