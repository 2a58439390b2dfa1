"""The median of the best models of several algorithms, which a bad member does not move (Stock and Watson 2004)."""

import time

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.ensembling._budget import Costs, Spending
from podium_ml.ensembling._objectives import make_objective
from podium_ml.ensembling._pool import Pool
from podium_ml.targets import cross_fitted

NAME = "median_ensemble"
_FEWEST, _MOST = 3, 5


def build_median(pool: Pool, *, budget: Costs | None = None) -> tuple[Ensemble, OutOfFold] | None:
    """Choose the best models of up to five algorithms, and compute the cross-fitted score of their median.

    Args:
        pool: The pool, with folds.
        budget: What the ensemble may cost.

    Returns:
        The ensemble and its cross-fitted out-of-fold predictions of the pool's rows; ``None`` for fewer than three
        members, or if the median of predictions means nothing for the type of target.
    """
    began, every = time.perf_counter(), np.arange(len(pool.rows))
    chosen = _best(pool, every, budget or Costs())
    if not pool.target.has_median or len(chosen) < _FEWEST:
        return None

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        return pool.target.median([pool.oof[one, valid] for one in _best(pool, train, budget or Costs())])

    oof = cross_fitted(pool.folds, predict, np.full_like(pool.oof[0], np.nan))
    members = tuple(
        EnsembleMember(pool.members[one].algorithm, pool.members[one].trial, 1 / len(chosen))
        for one in chosen
    )
    ensemble = Ensemble(NAME, "median", members, pool.decided_score(oof), time.perf_counter() - began)
    return ensemble, pool.out_of_fold(oof)


def _best(pool: Pool, rows: np.ndarray, budget: Costs) -> list[int]:
    """Return the positions of the best models on some rows, one of each algorithm, that the budget allows together."""
    objective = make_objective(pool, rows)
    utilities, spending = (
        objective.utilities(objective.parts),
        Spending.of([member.costs for member in pool.members], budget),
    )
    chosen: list[int] = []
    for one in map(int, np.argsort(-utilities, kind="stable")):
        others = {pool.members[at].algorithm for at in chosen}
        if pool.members[one].algorithm not in others and spending.fits([*chosen, one]):
            chosen.append(one)
        if len(chosen) == _MOST:
            break
    return chosen
