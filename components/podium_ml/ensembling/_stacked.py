"""A meta-model on out-of-fold predictions (stacked generalization; Wolpert 1992)."""

import time
from typing import Any

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember, Problem
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.ensembling._budget import Costs, Spending
from podium_ml.ensembling._pool import Pool
from podium_ml.run.budget import Deadline
from podium_ml.targets import cross_fitted, sample_rows

NAME = "stacked_ensemble"
# Only the best trial of each branch takes part, because the others add little.
_MOST_MEMBERS = 10
# A member with a smaller weight is not worth its cost.
_SMALLEST_WEIGHT = 0.02
# These rows suffice to fit so few parameters; fewer rows are used for many classes.
_MOST_ROWS, _FEWEST_ROWS, _MOST_CELLS = 20_000, 2_000, 1_500_000


def stackable(pool: Pool) -> list[int]:
    """Return the positions of the members that a stacked ensemble combines: the best of each branch."""
    if not pool.target.stacks:
        return []
    return [i for i, one in enumerate(pool.members) if one.best][:_MOST_MEMBERS]


def build_stacked(
    pool: Pool, *, problem: Problem, budget: Costs | None = None, deadline: Deadline | None = None
) -> tuple[Ensemble, OutOfFold, Any] | None:
    """Fit a regularized linear meta-model, and compute its cross-fitted score.

    Args:
        pool: The pool, with at least two stackable members and with folds.
        problem: The problem.
        budget: What the ensemble may cost.
        deadline: When the stacked ensemble must be done.

    Returns:
        The ensemble, its cross-fitted out-of-fold predictions of all training rows, and the meta-model; ``None`` if
        there is too little time for cross-fitting.
    """
    began = time.perf_counter()
    pool = pool.subset(stackable(pool))
    stack = _Stack(pool, problem, budget or Costs())

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        chosen, meta = stack.fit(train)
        inputs = pool.target.meta_features(list(pool.oof[chosen][:, valid]))
        return pool.target.predict(meta, inputs, n_outputs=problem.n_outputs)

    chosen, meta = stack.fit(np.arange(len(pool.rows)))
    if deadline and (time.perf_counter() - began) * len(pool.folds) > deadline.remaining():
        return None
    oof = cross_fitted(pool.folds, predict, np.full_like(pool.oof[0], np.nan))
    members = tuple(
        EnsembleMember(pool.members[at].algorithm, pool.members[at].trial, float(weight))
        for at, weight in zip(chosen, _shown_weights(meta), strict=True)
    )
    ensemble = Ensemble(NAME, "stacked", members, pool.decided_score(oof), time.perf_counter() - began)
    return ensemble, pool.out_of_fold(oof), meta


class _Stack:
    """Fits meta-models of the members that are worth their cost."""

    def __init__(self, pool: Pool, problem: Problem, budget: Costs) -> None:
        self._pool, self._problem = pool, problem
        self._spending = Spending.of([member.costs for member in pool.members], budget)

    def fit(self, rows: np.ndarray) -> tuple[list[int], Any]:
        """Return the positions of the members, and the meta-model that was fitted on some of the rows.

        Members that cost too much on their own are left out first. Then those with hardly any weight are, and the one
        with the smallest weight as long as the others exceed the budget together. Each time, the meta-model is fitted
        again.
        """
        members = self._spending.possible()
        while True:
            meta = self._fit(members, rows)
            weights = _shown_weights(meta)
            least = _SMALLEST_WEIGHT
            if len(members) > 1 and not self._spending.fits(members):
                least = max(least, np.nextafter(weights.min(), 1.0))
            if (weights >= least).all():
                return members, meta
            members = [member for member, weight in zip(members, weights, strict=True) if weight >= least]

    def _fit(self, members: list[int], rows: np.ndarray) -> Any:
        pool, problem = self._pool, self._problem
        if problem.n_outputs > 1:
            most = max(_FEWEST_ROWS, min(_MOST_ROWS, _MOST_CELLS // pool.oof[members][:, 0].size))
            rows = sample_rows(pool.target.ordering(pool.y), rows, most=most)
        meta = pool.target.make_meta(n_outputs=problem.n_outputs, problem=problem)
        inputs = pool.target.meta_features(list(pool.oof[members][:, rows]))
        return meta.fit(inputs, pool.y[rows], sample_weight=pool.weight_of(rows))


def _shown_weights(meta: Any) -> np.ndarray:
    """Return how much each member contributes to the meta-model. The weights sum to 1."""
    strength = np.abs(meta.coef_)
    return strength / strength.sum() if strength.sum() else np.full(len(strength), 1.0 / len(strength))
