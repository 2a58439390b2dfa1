"""Greedy ensemble selection (Caruana et al., ICML 2004)."""

import math
import time
from dataclasses import replace

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.ensembling._budget import Costs, Spending
from podium_ml.ensembling._by_group import weigh_groups
from podium_ml.ensembling._halves import MOST_ROWS, with_halves
from podium_ml.ensembling._objectives import Objective, make_objective
from podium_ml.ensembling._pool import Pool
from podium_ml.ensembling._steadied import steadied
from podium_ml.models import GroupWeights
from podium_ml.run.budget import Deadline
from podium_ml.targets import cross_fitted

NAME = "weighted_ensemble"
_ROUNDS = 50
# Selection ends after this many rounds without a gain.
_PATIENCE = 8
# Gains smaller than this fraction of the score do not count.
_GAIN = 1e-6
# Scores that differ by this share are about equal, unless they do so by that share in each of so many folds.
_ABOUT, _EVERYWHERE, _FEWEST_FOLDS = 0.05, 0.01, 3


def build_weighted(
    pool: Pool, *, budget: Costs | None = None, deadline: Deadline
) -> tuple[Ensemble, OutOfFold, GroupWeights | None]:
    """Choose weights, and compute their cross-fitted score.

    Cross-fitting predicts each row with weights that were chosen on other rows.

    Args:
        pool: The pool, with at least one member and with folds.
        budget: What the ensemble may cost.
        deadline: When to stop adding members.

    Returns:
        The ensemble, its cross-fitted out-of-fold predictions of the pool's rows, and its weights by group, which are
        of the members with a weight.
    """
    began, selections = time.perf_counter(), len(pool.folds) + 1
    every = np.arange(len(pool.rows))
    weights = _steady_weights(pool, every, budget, deadline.share(1 / selections))
    oof, by_group = _cross_fitted_mixtures(pool, budget, deadline), weigh_groups(pool, weights, every)
    score = pool.decided_score(oof)
    members = tuple(
        EnsembleMember(member.algorithm, member.trial, float(weight))
        for member, weight in zip(pool.members, weights, strict=True)
        if weight > 0
    )
    if by_group is not None:
        by_group = replace(by_group, weights=by_group.weights[:, weights > 0])
    first = pool.target.trusts_scores and _goes_first(pool, oof, score)
    ensemble = Ensemble(NAME, "weighted", members, score, time.perf_counter() - began, first)
    return ensemble, pool.out_of_fold(oof), by_group


def _cross_fitted_mixtures(pool: Pool, budget: Costs | None, deadline: Deadline) -> np.ndarray:
    """Return mixtures with weights that were chosen on other folds."""
    ends = iter(range(len(pool.folds), 0, -1))

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        weights = _steady_weights(pool, train, budget, deadline.share(1 / next(ends)))
        return blend(pool, weights, valid, weigh_groups(pool, weights, train))

    return cross_fitted(pool.folds, predict, np.full_like(pool.oof[0], np.nan))


def _steady_weights(pool: Pool, rows: np.ndarray, budget: Costs | None, deadline: Deadline) -> np.ndarray:
    """Return weights that owe as little as possible to chance."""
    weights = select_weights(pool, rows, budget=budget, deadline=deadline)
    if pool.target.trusts_scores or len(rows) > MOST_ROWS or deadline.passed():
        return weights
    spending = Spending.of([member.costs for member in pool.members], budget or Costs())

    def choose(some: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        return _grow(make_objective(pool, some), spending, allowed, deadline)[0]

    return with_halves(weights, choose, pool, rows, spending, deadline)


def _goes_first(pool: Pool, oof: np.ndarray, score: float) -> bool:
    """Whether the score of an ensemble is about that of the best member, chosen on other folds than it is scored on.

    Of several groups, an ensemble that is worse in every fold is so not by chance.
    """

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        objective = make_objective(pool, train)
        return pool.oof[int(np.argmax(objective.utilities(objective.parts))), valid]

    single = cross_fitted(pool.folds, predict, np.full_like(pool.oof[0], np.nan))
    picked = pool.decided_score(single)
    about = pool.metric.utility(score) >= pool.metric.utility(picked) - _ABOUT * abs(picked)
    return about and not _worse_everywhere(pool, oof, single)


def _worse_everywhere(pool: Pool, oof: np.ndarray, single: np.ndarray) -> bool:
    if len(pool.folds) < _FEWEST_FOLDS or pool.group is None or len(np.unique(pool.group)) < 2:
        return False
    scores = [[pool.score(raw[valid], valid) for raw in (oof, single)] for _, valid in pool.folds]
    return all(
        pool.metric.utility(one) < pool.metric.utility(other) - _EVERYWHERE * abs(other)
        for one, other in scores
    )


def select_weights(
    pool: Pool, rows: np.ndarray, *, budget: Costs | None = None, deadline: Deadline
) -> np.ndarray:
    """Add members one at a time, with replacement, always choosing the one that improves the average most.

    Args:
        pool: The members.
        rows: Rows of the pool to choose by.
        budget: What the members may cost together.
        deadline: When to stop; the first member is always chosen.

    Returns:
        Weights that sum to 1, shape ``(m,)``, none of them between 0 and 0.02. Unless the rows had to be sampled, they
        are never worse on ``rows`` than the best single member that the budget allows.
    """
    objective = make_objective(pool, rows)
    spending = Spending.of([member.costs for member in pool.members], budget or Costs())
    found = [_grow(objective, spending, allowed, deadline) for allowed in spending.ways()]
    weights = max(found, key=lambda one: one[1])[0]
    return steadied(weights, pool, rows, objective, spending) if pool.target.trusts_scores else weights


def _grow(
    objective: Objective, spending: Spending, allowed: np.ndarray, deadline: Deadline
) -> tuple[np.ndarray, float]:
    """Return the weights of the best average of some members, and its utility."""
    counts, total = np.zeros(len(allowed)), np.zeros_like(objective.parts[0])
    best, best_counts, since_gain = -np.inf, np.eye(len(counts))[0], 0
    for size in range(1, _ROUNDS + 1):
        utilities = objective.utilities((total + objective.parts) / size)
        utilities = np.where(allowed & spending.affordable(counts > 0), utilities, -np.inf)
        chosen = int(np.argmax(utilities))
        counts[chosen] += 1
        total += objective.parts[chosen]
        since_gain += 1
        if utilities[chosen] > best + _GAIN * abs(best) if math.isfinite(best) else utilities[chosen] > best:
            best, best_counts, since_gain = utilities[chosen], counts.copy(), 0
        if since_gain >= _PATIENCE or deadline.passed():
            break
    return best_counts / best_counts.sum(), float(best)


def blend(
    pool: Pool, weights: np.ndarray, rows: np.ndarray, by_group: GroupWeights | None = None
) -> np.ndarray:
    """Return the mixture of the members with a nonzero weight.

    Args:
        pool: The members.
        weights: Weights that sum to 1, shape ``(m,)``.
        rows: Positions of the rows to predict.
        by_group: Weights of the groups of rows, if they differ.
    """
    used = np.flatnonzero(weights)
    predictions = [pool.oof[one, rows] for one in used]
    if by_group is None or pool.group is None:
        return pool.target.combine(weights[used], predictions, n_outputs=pool.n_outputs)
    return pool.target.mix_rows(by_group.of_groups(pool.group[rows], weights)[:, used], predictions)
