"""Measures how far new data has drifted from the data that the champion was trained on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, ColumnProfile
from podium_ml.tabular.validation.profiling import finite_numbers, shorten
from podium_ml.values.plain_text import plain_texts

# Above this population stability index, a column counts as drifted (a rule of thumb from credit scoring).
DRIFTED = 0.2
# Significance level of the index, which varies widely by chance with few rows.
_CHANCE = 0.0001
# Pseudo-count that is added to every bin, so that no bin is empty.
_EMPTY = 0.5


@dataclass(frozen=True)
class ColumnDrift:
    """One column's drift.

    Attributes:
        name: The column.
        index: Population stability index over deciles or categories, with one more bin for missing values.
        limit: The index above which the column counts as drifted.
        distance: For numbers, the greatest difference between the distribution functions at the deciles (as in a
            Kolmogorov-Smirnov test), else ``None``.
        missing: Share of missing values, before and now.
    """

    name: str
    index: float
    limit: float
    distance: float | None
    missing: tuple[float, float]

    @property
    def drifted(self) -> bool:
        """Whether the column has drifted."""
        return self.index > self.limit


def measure_drift(
    values: pd.Series, column: Column, before: ColumnProfile, *, rows: int
) -> ColumnDrift | None:
    """Compare a column with its profile.

    The index is the symmetric Kullback-Leibler divergence between the shares of the bins. Without drift, it is
    approximately distributed as ``1/n + 1/m`` times a chi-squared variable with one degree of freedom less than bins
    (Yurdakul and Naranjo 2020).

    Args:
        values: The column in the new data.
        column: The role of the column in the new data.
        before: The profile of the column in the champion's training data.
        rows: Number of rows in the champion's training data.

    Returns:
        The drift; ``None`` for columns that cannot be compared (texts, lists and dates).
    """
    counted: tuple[np.ndarray, np.ndarray, float | None] | None
    if before.deciles:
        counted = _of_numbers(values, column, before, rows)
    elif before.top and before.role not in ("datetime", "time"):
        counted = _of_texts(values, before, rows)
    else:
        return None
    if counted is None:
        return None
    then, now, distance = counted
    index, bins = _stability(then, now)
    limit = max(DRIFTED, _by_chance(bins) * (1 / max(then.sum(), 1) + 1 / max(now.sum(), 1)))
    return ColumnDrift(
        before.name, index, limit, distance, (before.missing, float(now[-1] / max(now.sum(), 1)))
    )


def _of_numbers(
    values: pd.Series, column: Column, before: ColumnProfile, rows: int
) -> tuple[np.ndarray, np.ndarray, float] | None:
    numbers = finite_numbers(values, column)
    if numbers is None:
        return None
    edges = np.asarray(before.deciles)
    shares = np.diff(np.concatenate([[0.0], before.cumulative, [1.0]]))
    known = rows * (1 - before.missing)
    counts = np.bincount(np.searchsorted(edges, numbers, side="left"), minlength=len(edges) + 1)
    now = np.append(counts, len(values) - len(numbers)).astype(float)
    then = np.append(shares * known, rows - known)
    cumulated = np.cumsum(counts) / max(counts.sum(), 1)
    return then, now, float(np.abs(cumulated - np.cumsum(shares)).max())


def _of_texts(values: pd.Series, before: ColumnProfile, rows: int) -> tuple[np.ndarray, np.ndarray, None]:
    codes, texts = plain_texts(values)
    top = dict.fromkeys(before.top, 0)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    other = 0
    for text, count in zip(map(shorten, texts), counts.tolist(), strict=True):
        if text in top:
            top[text] += count
        else:
            other += count
    known = rows * (1 - before.missing)
    then = [*before.counts, max(0.0, known - sum(before.counts)), rows - known]
    now = [*top.values(), other, int((codes < 0).sum())]
    return np.array(then, dtype=float), np.array(now, dtype=float), None


def _stability(then: np.ndarray, now: np.ndarray) -> tuple[float, int]:
    """Return the population stability index of two counts, and the number of bins that are filled in either."""
    filled = (then >= _EMPTY) | (now > 0)
    then, now = then[filled] + _EMPTY, now[filled] + _EMPTY
    p, q = then / then.sum(), now / now.sum()
    return float(((q - p) * np.log(q / p)).sum()), int(filled.sum())


def _by_chance(bins: int) -> float:
    from scipy.stats import chi2

    return float(chi2.isf(_CHANCE, max(1, bins - 1)))
