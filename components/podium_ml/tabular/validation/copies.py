"""Tells copies of rows from rows that are equal because the columns have few distinct values."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from podium_ml.values.hashes import column_term
from podium_ml.values.samples import sample_positions

# More columns are taken together in so many blocks. Pairs are counted in a sample of so many rows.
_MOST_BLOCKS, _MOST_ROWS = 24, 50_000
# Rows are copies if so many times more pairs are equal than expected.
_TIMES_EXPECTED = 3.0
# So few repeated rows are kept together in any case: nothing is lost by it, and there are too few pairs to judge.
_FEW_REPEATED = 0.05
# With fewer distinct rows, or a single column, there is nothing to tell copies by.
_FEWEST_DISTINCT, _FEWEST_COLUMNS = 10, 2


def find_copies(columns: Iterable[np.ndarray], *, rows: int) -> tuple[np.ndarray, bool]:
    """Return a hash of each row, and whether rows that are equal in every column are copies of each other.

    Rows that are equal by chance have many neighbours that differ in a single column; copies have none. If two columns
    ``j`` and ``k`` agree by chance among the pairs of rows that agree in all others, the number of equal pairs is the
    number of pairs that differ in ``j`` alone, times that of ``k`` alone, divided by that of both (the expected count
    of a two-by-two table). The dependence of columns on each other does not matter as much as with the product of
    their distributions, because all other columns are the same. The largest expectation over pairs of columns counts.

    Args:
        columns: One hash per row for each column, each of shape ``(n,)``; only one of them is held at a time.
        rows: Number of rows.

    Returns:
        Hashes, uint64 of shape ``(n,)``, and whether equal rows are copies.
    """
    random, sample = np.random.default_rng(0), sample_positions(rows, _MOST_ROWS)
    hashes, terms = np.zeros(rows, dtype=np.uint64), []
    for place, column in enumerate(columns):
        term = column_term(column, place)
        hashes += term
        terms.append(term[sample])
    return hashes, _are_copies(hashes, terms, random)


def _are_copies(hashes: np.ndarray, terms: list[np.ndarray], random: np.random.Generator) -> bool:
    rows, distinct = len(hashes), len(pd.unique(hashes))
    if distinct in (rows, 1):
        return False
    if rows - distinct <= _FEW_REPEATED * rows:
        return True
    if distinct < _FEWEST_DISTINCT or len(terms) < _FEWEST_COLUMNS:
        return False
    blocks = _blocks(terms, random)
    found = _equal_pairs(_sum(blocks))
    return found > _TIMES_EXPECTED * _expected_pairs(blocks, found)


def _blocks(terms: list[np.ndarray], random: np.random.Generator) -> list[np.ndarray]:
    """Return blocks of columns in random order, so that columns that belong together are seldom neighbours."""
    parts = np.array_split(random.permutation(len(terms)), min(len(terms), _MOST_BLOCKS))
    return [_sum([terms[at] for at in part]) for part in parts]


def _expected_pairs(blocks: list[np.ndarray], found: float) -> float:
    """Return how many pairs of rows would be equal if two blocks agreed by chance."""
    total = _sum(blocks)
    # Equal rows count as often as they occur; one such coincidence must not decide.
    single = (len(total) / len(np.unique(total))) ** 2
    expected = 0.0
    for first, second in zip(blocks, blocks[1:] + blocks[:1], strict=True):
        only_first, only_second = (_equal_pairs(total - one) - found for one in (first, second))
        if only_first and only_second:
            both = _equal_pairs(total - first - second) - found - only_first - only_second
            expected = max(expected, only_first * only_second / (both + single))
    return expected


def _equal_pairs(codes: np.ndarray) -> float:
    counts = np.unique(codes, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1)).sum() / 2)


def _sum(terms: list[np.ndarray]) -> np.ndarray:
    return np.asarray(np.sum(terms, axis=0, dtype=np.uint64))
