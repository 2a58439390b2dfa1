"""A meta-model on out-of-fold predictions (stacked generalization; Wolpert 1992)."""

import time
from typing import Any

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember, Problem
from podium_ml.ensembling._pool import Pool
from podium_ml.run.budget import Deadline
from podium_ml.targets import cross_fitted, sample_rows

NAME = "stacked_ensemble"
# Only the best trial of each branch takes part, because the others add little.
_MOST_MEMBERS = 10
# These rows suffice to fit so few parameters; fewer rows are used for many classes.
_MOST_ROWS, _FEWEST_ROWS, _MOST_CELLS = 20_000, 2_000, 1_500_000


def stackable(pool: Pool) -> list[int]:
    """Return the positions of the members that a stacked ensemble combines: the best of each branch."""
    return [i for i, one in enumerate(pool.members) if one.best][:_MOST_MEMBERS]


def build_stacked(
    pool: Pool, *, problem: Problem, deadline: Deadline | None = None
) -> tuple[Ensemble, np.ndarray, Any] | None:
    """Fit a regularized linear meta-model, and compute its cross-fitted score.

    Args:
        pool: The pool, with at least two stackable members and with folds.
        problem: The problem.
        deadline: When the stacked ensemble must be done.

    Returns:
        The ensemble, its cross-fitted out-of-fold predictions of all training rows, and the meta-model; ``None`` if
        there is too little time for cross-fitting.
    """
    began = time.perf_counter()
    pool = pool.subset(stackable(pool))
    inputs = pool.target.meta_features(list(pool.oof))

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        meta = _fit(inputs, pool, train, problem)
        return pool.target.predict(meta, inputs[valid], n_outputs=problem.n_outputs)

    meta = _fit(inputs, pool, np.arange(len(pool.rows)), problem)
    if deadline and (time.perf_counter() - began) * len(pool.folds) > deadline.remaining():
        return None
    oof = cross_fitted(pool.folds, predict, pool.oof[0])
    members = tuple(
        EnsembleMember(member.algorithm, member.trial, float(weight))
        for member, weight in zip(pool.members, _shown_weights(meta), strict=True)
    )
    ensemble = Ensemble(NAME, "stacked", members, pool.score(oof), time.perf_counter() - began)
    return ensemble, pool.spread(oof), meta


def _fit(inputs: np.ndarray, pool: Pool, rows: np.ndarray, problem: Problem) -> Any:
    if problem.n_outputs > 1:
        most = max(_FEWEST_ROWS, min(_MOST_ROWS, _MOST_CELLS // pool.oof[:, 0].size))
        rows = sample_rows(pool.target.ordering(pool.y), rows, most=most)
    meta = pool.target.make_meta(n_outputs=problem.n_outputs, problem=problem)
    weight = None if pool.weight is None or not pool.weight[rows].any() else pool.weight[rows]
    return meta.fit(inputs[rows], pool.y[rows], sample_weight=weight)


def _shown_weights(meta: Any) -> np.ndarray:
    """Return how much each member contributes to the meta-model. The weights sum to 1."""
    strength = np.abs(meta.coef_)
    return strength / strength.sum() if strength.sum() else np.full(len(strength), 1.0 / len(strength))
