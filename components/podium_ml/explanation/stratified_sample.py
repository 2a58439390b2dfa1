"""Samples that keep rare classes, and weights that undo what this does to the mix of rows."""

from dataclasses import dataclass

import numpy as np

from podium_ml.targets import Target

# Rows to take of each stratum, however rare, if it has as many.
_LEAST = 10
# Strata of targets without strata of their own, such as values.
_BINS = 10


@dataclass(frozen=True)
class Sample:
    """Some of many rows.

    Attributes:
        rows: Their positions, in ascending order.
        weight: Number of rows that each stands for, scaled to a mean of 1.
    """

    rows: np.ndarray
    weight: np.ndarray


def strata_of(target: Target, y: np.ndarray) -> np.ndarray:
    """Return codes of the strata of encoded targets, shape ``(n,)``: classes, or tenths of the sorted values."""
    found = target.strata(y)
    if found is None:
        order = np.argsort(np.asarray(target.ordering(y), dtype=np.float64), kind="stable")
        found = np.empty(len(y), dtype=np.int64)
        found[order] = np.arange(len(y)) * _BINS // max(1, len(y))
    return np.unique(found, return_inverse=True)[1].reshape(-1)


def stratified_sample(strata: np.ndarray, most: int, *, seed: int) -> Sample:
    """Take at most ``most`` rows: of each stratum in proportion to its size, and of rare ones a few more.

    Args:
        strata: Codes of the strata, shape ``(n,)``.
        most: How many rows to take.
        seed: Seed of the choice.
    """
    n = len(strata)
    if n <= most:
        return Sample(np.arange(n), np.ones(n))
    rng = np.random.default_rng(seed)
    codes, counts = np.unique(strata, return_counts=True)
    if len(codes) > most:
        return Sample(np.sort(rng.choice(n, most, replace=False)), np.ones(most))
    quotas = _quotas(counts, most)
    shuffled = rng.permutation(n)
    grouped = shuffled[np.argsort(strata[shuffled], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    taken = [grouped[start : start + quota] for start, quota in zip(starts, quotas, strict=True)]
    rows, weight = np.concatenate(taken), np.repeat(counts / quotas, quotas)
    order = np.argsort(rows)
    return Sample(rows[order], weight[order] * len(rows) / weight.sum())


def _quotas(counts: np.ndarray, most: int) -> np.ndarray:
    """Return how many rows to take of each stratum, at least one of each, ``most`` in total."""
    least = np.minimum(counts, max(1, min(_LEAST, most // (2 * len(counts)))))
    exact = np.maximum(least, most * counts / counts.sum())
    spare = exact - least
    if spare.sum() > 0:
        exact = least + spare * (most - least.sum()) / spare.sum()
    quotas = np.minimum(np.floor(exact).astype(np.int64), counts)
    missing = most - int(quotas.sum())
    for at in np.argsort(-(exact - quotas), kind="stable")[:missing]:
        quotas[at] += quotas[at] < counts[at]
    return quotas
