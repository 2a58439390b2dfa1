"""Weights on few and similar rows, which are drawn towards averages that do not depend on chance.

The mixture that is best on such rows is partly so by luck. Averages with equal weights often are as good (Smith and
Wallis, "A simple explanation of the forecast combination puzzle", 2009), and the baseline is the only member that no
choice has favoured.
"""

import numpy as np

from podium_ml.ensembling._budget import Spending
from podium_ml.ensembling._objectives import Objective, make_objective
from podium_ml.ensembling._pool import Pool
from podium_ml.training.choice import BASELINE

# Weights by score are this power of the ratio of the errors. Members with less than these shares are left out.
_POWER, _SMALLEST_SHARE, _SMALLEST_WEIGHT = 6, 0.1, 0.02
# Algorithms whose error is at most so many times the smallest one, and no greater than the baseline's, count equally.
_GOOD = 1.3
# The baseline's share, of which there is less with each part of the rows that agrees: 1 / (5 + parts).
_BASELINE_PARTS = 5


def steadied(
    weights: np.ndarray, pool: Pool, rows: np.ndarray, objective: Objective, spending: Spending
) -> np.ndarray:
    """Return the mean of weights, of weights by error, which count twice, and of equal ones; and the baseline's share.

    Args:
        weights: Weights that were chosen greedily, shape ``(m,)``.
        pool: The members.
        rows: Rows of the pool to choose by.
        objective: Tells their errors; its utilities must be negative, else the weights stay as they are.
        spending: What the members may cost together.
    """
    utilities = objective.utilities(objective.parts)
    if not (utilities < 0).all():
        return weights
    errors = np.where(np.isfinite(utilities), -utilities, np.inf)
    baseline = np.array([member.algorithm == BASELINE for member in pool.members])
    usual = _usual_errors(pool, rows, errors)
    shares = (usual.min() / usual) ** _POWER
    shares = np.where(shares >= _SMALLEST_SHARE, shares, 0.0)
    equal = _first_of_each(pool, errors) & (
        errors <= min(_GOOD * errors.min(), errors[baseline].min(initial=np.inf))
    )
    wanted, order = (shares > 0) | equal | baseline, np.argsort(errors, kind="stable")
    used = spending.joined(weights > 0, order[wanted[order]])
    parts = [
        weights,
        *(_normalized(np.where(used, one, 0.0)) for one in (shares, shares, equal) if one[used].any()),
    ]
    mixed = np.mean(parts, axis=0)
    if (baseline & used).any():
        share = 1 / (_BASELINE_PARTS + len(pool.folds))
        mixed = (1 - share) * mixed + share * _normalized(baseline & used)
    return _normalized(np.where(mixed >= min(_SMALLEST_WEIGHT, mixed.max()), mixed, 0.0))


def _usual_errors(pool: Pool, rows: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Return the geometric mean of the errors in each fold, so that a hard one does not decide alone, shape ``(m,)``.

    Args:
        pool: The members.
        rows: Rows of the pool to choose by.
        errors: Errors on all of these rows, shape ``(m,)``, for a pool without folds.
    """
    inside = np.zeros(len(pool.rows), dtype=bool)
    inside[rows] = True
    parts = [valid[inside[valid]] for _, valid in pool.folds]
    found = [make_objective(pool, part) for part in parts if len(part)]
    if not found:
        return errors
    each = np.stack([-one.utilities(one.parts) for one in found])
    usual = np.exp(np.log(np.maximum(each, 1e-9 * errors.min())).mean(axis=0))
    return np.where(np.isfinite(usual), usual, np.inf)


def _first_of_each(pool: Pool, errors: np.ndarray) -> np.ndarray:
    """Return which members are the best of their algorithms, shape ``(m,)``."""
    names = np.array([member.algorithm for member in pool.members])
    order = np.argsort(errors, kind="stable")
    first = np.zeros(len(names), dtype=bool)
    first[order[np.unique(names[order], return_index=True)[1]]] = True
    return first


def _normalized(shares: np.ndarray) -> np.ndarray:
    numbers = shares.astype(np.float64)
    return numbers / numbers.sum()
