"""The past of each series as a regular array, for forecasters."""

from collections.abc import Iterable, Iterator, Mapping
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


def updated(past: Mapping[int, History], further: Iterable[History]) -> dict[int, History]:
    """Return histories with further values, which replace those of the same steps.

    Args:
        past: Histories by code.
        further: Histories of some of the series, or of others.
    """
    joined = dict(past)
    for one in further:
        joined[one.code] = _joined(joined[one.code], one) if one.code in joined else one
    return joined


def until(past: Mapping[int, History], step: int) -> dict[int, History]:
    """Return histories without what came after a step; series that begin later are left out."""
    return {
        code: History(code, one.first, one.values[: step - one.first + 1])
        for code, one in past.items()
        if one.first <= step
    }


def _joined(old: History, new: History) -> History:
    first, last = min(old.first, new.first), max(old.last, new.last)
    values = np.full(last - first + 1, np.nan)
    for one in (old, new):
        known = np.isfinite(one.values)
        values[one.first - first : one.last - first + 1][known] = one.values[known]
    return History(old.code, first, values)


def places(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes of the series and the steps of encoded features, int64, shape ``(n,)`` each."""
    return X[:, 0].astype(np.int64), X[:, 1].astype(np.int64)
