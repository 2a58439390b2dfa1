"""Greedy ensemble selection (Caruana et al., ICML 2004)."""

import time

import numpy as np

from podium_ml.budget import Deadline
from podium_ml.contracts import Ensemble, EnsembleMember
from podium_ml.ensembling._pool import Pool

NAME = "weighted_ensemble"
_ROUNDS = 40
# Rounds without gain after which selection ends.
_PATIENCE = 8
# The pool is cut to its best: the rest would only cost time.
_MOST_MEMBERS = 25


def build_weighted(pool: Pool, *, deadline: Deadline) -> tuple[Ensemble, np.ndarray]:
    """Choose weights, and score them honestly.

    The score is cross-fitted: each row is predicted with weights that were chosen on other rows.

    Args:
        pool: At least one member.
        deadline: When to stop adding members.

    Returns:
        The ensemble, and its cross-fitted out-of-fold predictions of all training rows.
    """
    began = time.perf_counter()
    pool = pool.subset(range(min(len(pool.members), _MOST_MEMBERS)))
    honest = np.empty_like(pool.oof[0])
    for train, valid in pool.folds:
        honest[valid] = _blend(select_weights(pool, train, deadline=deadline), pool.oof[:, valid])
    weights = select_weights(pool, np.arange(len(pool.rows)), deadline=deadline)
    members = tuple(
        EnsembleMember(member.algorithm, member.trial, float(weight))
        for member, weight in zip(pool.members, weights, strict=True)
        if weight > 0
    )
    score = pool.score(honest)
    return Ensemble(NAME, "weighted", members, score, time.perf_counter() - began), pool.spread(honest)


def select_weights(pool: Pool, rows: np.ndarray, *, deadline: Deadline) -> np.ndarray:
    """Add members one at a time, with replacement, each time the one that helps the average most.

    Args:
        pool: The members.
        rows: Rows of the pool to choose by.
        deadline: When to stop.

    Returns:
        Weights that sum to 1, shape ``(m,)``: never worse on ``rows`` than the best single member.
    """
    oof = pool.oof[:, rows]
    counts = np.zeros(len(oof))
    total = np.zeros_like(oof[0])
    best, best_counts, since_gain = -np.inf, counts, 0
    for size in range(1, _ROUNDS + 1):
        utilities = [pool.metric.utility(pool.score((total + one) / size, rows)) for one in oof]
        chosen = int(np.argmax(utilities))
        counts[chosen] += 1
        total += oof[chosen]
        since_gain += 1
        if utilities[chosen] > best:
            best, best_counts, since_gain = utilities[chosen], counts.copy(), 0
        if since_gain >= _PATIENCE or deadline.passed():
            break
    if not best_counts.any():  # no member has a score
        best_counts = np.eye(len(oof))[0]
    return best_counts / best_counts.sum()


def _blend(weights: np.ndarray, oof: np.ndarray) -> np.ndarray:
    return np.tensordot(weights, oof, axes=1)
