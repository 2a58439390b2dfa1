"""Weights of each group of rows, such as a series, drawn towards those of all."""

import numpy as np

from podium_ml.ensembling._pool import Pool
from podium_ml.models import GroupWeights

# Errors of a group count like this many folds less those of all, and by this power.
_SHRINK, _POWER = 5.0, 4.0
# A member is better or worse in a group by at most this factor.
_MOST = 5.0
# A member whose error in a group is so many times that of the others, and greater than the scale, is not used there.
_EXPLODED = 10.0


def weigh_groups(pool: Pool, weights: np.ndarray, rows: np.ndarray) -> GroupWeights | None:
    """Return weights for each group, or ``None`` if the metric or the pool does not tell how good members are in one.

    A member whose errors in a group are a smaller part of the mixture's than they are elsewhere gets more weight there,
    the more so the more folds the group is in. One that has exploded there is not used.

    Args:
        pool: The members.
        weights: Weights of all groups, shape ``(m,)``.
        rows: Rows of the pool to learn from.
    """
    if pool.group is None or pool.problem is None or not pool.problem.group_column:
        return None
    # A copy of all predictions would take long.
    oof = pool.oof if len(rows) == len(pool.rows) else pool.oof[:, rows]
    found = pool.target.plain_errors(pool.metric, oof, pool.y[rows])
    counts = _folds_of_groups(pool, rows)
    if found is None:
        return None
    parts, values, power = found
    errors = np.abs(parts - values) ** power
    codes, group = np.unique(pool.group[rows], return_inverse=True)
    size = np.bincount(group)
    by_group = np.stack([np.bincount(group, one) for one in errors]) / size
    everywhere = errors.mean(axis=1, keepdims=True)
    relative = _share(by_group, weights) / _share(everywhere, weights)
    exploded = _exploded(by_group, weights, power)
    if counts.max(initial=0) < 2 and not exploded.any():
        return None
    trust = np.where(counts < 2, 0.0, counts / (counts + _SHRINK))
    scaled = weights[:, None] * np.clip(relative, 1 / _MOST, _MOST) ** (-_POWER * trust / power)
    scaled = np.where(exploded, 0.0, scaled)
    return GroupWeights(pool.problem.group_column, codes, (scaled / scaled.sum(axis=0)).T.astype(np.float32))


def _share(errors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return errors as shares of their weighted means, shape ``(m, g)``."""
    means = np.maximum(weights @ errors, 1e-12)
    return np.maximum(errors, 1e-9 * means) / means


def _exploded(errors: np.ndarray, weights: np.ndarray, power: int) -> np.ndarray:
    """Return in which groups members are far worse than the others with a weight, shape ``(m, g)``.

    Args:
        errors: Mean errors in units of the scale, to some power, shape ``(m, g)``.
        weights: Weights of the members, shape ``(m,)``.
        power: That power.
    """
    own = weights[:, None] * errors
    others = (own.sum(axis=0) - own) / np.maximum(1 - weights, 1e-12)[:, None]
    return (weights < 1)[:, None] & (errors > 1) & (errors > _EXPLODED**power * others)


def _folds_of_groups(pool: Pool, rows: np.ndarray) -> np.ndarray:
    """Return in how many folds each group of some rows is scored, shape ``(g,)``."""
    assert pool.group is not None
    codes = np.unique(pool.group[rows])
    inside = np.zeros(len(pool.rows), dtype=bool)
    inside[rows] = True
    counts = np.zeros(len(codes))
    for _, valid in pool.folds:
        counts += np.isin(codes, pool.group[valid[inside[valid]]])
    return counts
