"""Tells copies of rows from rows that are equal because the columns have few distinct values."""

from collections.abc import Sequence

import numpy as np

from podium_ml.values.hashes import column_terms

# More columns are taken together in so many blocks. Pairs are counted in a sample of so many rows.
_MOST_BLOCKS, _MOST_ROWS = 24, 50_000
# Rows are copies if so many times more pairs are equal than expected.
_TIMES_EXPECTED = 3.0
# So few repeated rows are kept together in any case: nothing is lost by it, and there are too few pairs to judge.
_FEW_REPEATED = 0.05
# With fewer distinct rows, or a single column, there is nothing to tell copies by.
_FEWEST_DISTINCT, _FEWEST_COLUMNS = 10, 2


def are_copies(hashes: Sequence[np.ndarray]) -> bool:
    """Return whether rows that are equal in every column are copies of each other.

    Rows that are equal by chance have many neighbours that differ in a single column; copies have none. If two columns
    ``j`` and ``k`` agree by chance among the pairs of rows that agree in all others, the number of equal pairs is the
    number of pairs that differ in ``j`` alone, times that of ``k`` alone, divided by that of both (the expected count
    of a two-by-two table). The dependence of columns on each other does not matter as much as with the product of
    their distributions, because all other columns are the same. The largest expectation over pairs of columns counts.

    Args:
        hashes: One hash per row for each column, each of shape ``(n,)``.
    """
    rows = len(hashes[0]) if len(hashes) else 0
    if rows < 2:
        return False
    terms = column_terms(hashes)
    distinct = len(np.unique(_sum(terms)))
    if distinct in (rows, 1):
        return False
    if rows - distinct <= _FEW_REPEATED * rows:
        return True
    if distinct < _FEWEST_DISTINCT or len(terms) < _FEWEST_COLUMNS:
        return False
    blocks = _blocks(terms, rows)
    found = _equal_pairs(_sum(blocks))
    return found > _TIMES_EXPECTED * _expected_pairs(blocks, found)


def _blocks(terms: list[np.ndarray], rows: int) -> list[np.ndarray]:
    """Return blocks of columns in random order, so that columns that belong together are seldom neighbours."""
    random = np.random.default_rng(0)
    sample = np.sort(random.permutation(rows)[:_MOST_ROWS])
    order = random.permutation(len(terms))
    parts = np.array_split(order, min(len(terms), _MOST_BLOCKS))
    return [_sum([terms[at] for at in part])[sample] for part in parts]


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
