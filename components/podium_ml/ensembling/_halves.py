"""Weights on few rows, which owe less to chance as the mean of several choices.

Greedy selection takes few models, those that were lucky on these rows. On random halves of the rows, without some of
the algorithms, others are lucky (Caruana, Munson and Niculescu-Mizil, "Getting the most out of ensemble selection",
2006).
"""

from collections.abc import Callable

import numpy as np

from podium_ml.ensembling._budget import Spending
from podium_ml.ensembling._pool import Pool
from podium_ml.run.budget import Deadline

# On more rows, halves choose what all rows choose.
MOST_ROWS = 5_000
# Number of draws, and the share of the algorithms that take part in each.
_DRAWS, _ALGORITHMS = 10, 0.6
# What the mean of the draws counts.
_SHARE = 0.5
_SMALLEST_WEIGHT = 0.01

Choose = Callable[[np.ndarray, np.ndarray], np.ndarray]


def with_halves(
    weights: np.ndarray, choose: Choose, pool: Pool, rows: np.ndarray, spending: Spending, deadline: Deadline
) -> np.ndarray:
    """Return the mean of weights and of those chosen on random halves of the rows; the former if there is no time.

    Args:
        weights: Weights that were chosen on all of these rows, shape ``(m,)``.
        choose: Returns the weights of some of the members, given as booleans, chosen on some rows.
        pool: The members.
        rows: Rows of the pool to choose by.
        spending: What the members may cost together.
        deadline: When to stop; a draw that it interrupts does not count.
    """
    draw, drawn = np.random.default_rng(0), []
    names = np.array([member.algorithm for member in pool.members])
    algorithms = np.unique(names)
    units = rows if pool.group is None else pool.group[rows]
    codes = np.unique(units)
    for _ in range(_DRAWS):
        half = rows[np.isin(units, draw.choice(codes, (len(codes) + 1) // 2, replace=False))]
        some = draw.choice(algorithms, max(1, round(_ALGORITHMS * len(algorithms))), replace=False)
        found = choose(half, np.isin(names, some))
        if deadline.passed():
            break
        drawn.append(found)
    if not drawn:
        return weights
    mixed = (1 - _SHARE) * weights + _SHARE * np.mean(drawn, axis=0)
    return _within(mixed, weights > 0, spending)


def _within(mixed: np.ndarray, used: np.ndarray, spending: Spending) -> np.ndarray:
    """Return the weights of members that keep within the budget together: those used already, then the heaviest."""
    heavy = mixed >= _SMALLEST_WEIGHT
    order = np.argsort(-mixed, kind="stable")
    kept: np.ndarray = np.where(spending.joined(used, order[heavy[order]]) & heavy, mixed, 0.0)
    return kept / kept.sum()
