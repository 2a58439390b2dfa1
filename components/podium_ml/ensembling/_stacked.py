"""A meta-model on out-of-fold predictions (stacked generalization; Wolpert 1992)."""

import time
from typing import Any

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember, Problem
from podium_ml.ensembling._cross_fit import cross_fitted
from podium_ml.ensembling._objectives import sample_rows
from podium_ml.ensembling._pool import Pool
from podium_ml.models.fold_model import raw_prediction
from podium_ml.models.log_linear_pool import LogLinearPool
from podium_ml.models.stacked_ensemble import meta_features
from podium_ml.run.budget import Deadline

NAME = "stacked_ensemble"
# Each branch's best only, and not too many: the others say the same.
_MOST_MEMBERS = 10
# So few parameters are known well enough from so many rows; fewer where there are many classes.
_MOST_ROWS, _FEWEST_ROWS, _MOST_CELLS = 20_000, 2_000, 1_500_000


def stackable(pool: Pool) -> list[int]:
    """Return the positions of the members that a stack is made of: each branch's best."""
    return [i for i, one in enumerate(pool.members) if one.best][:_MOST_MEMBERS]


def build_stacked(
    pool: Pool, *, problem: Problem, deadline: Deadline | None = None
) -> tuple[Ensemble, np.ndarray, Any] | None:
    """Fit a regularized linear meta-model, and score it honestly.

    Args:
        pool: At least two stackable members, and folds.
        problem: The problem.
        deadline: When to be done.

    Returns:
        The ensemble, its cross-fitted out-of-fold predictions of all training rows, and the meta-model; ``None`` where
        there is too little time for an honest score.
    """
    began = time.perf_counter()
    pool = pool.subset(stackable(pool))
    inputs = meta_features(list(pool.oof))
    n_classes = len(problem.classes) if problem.is_classification else 0

    def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
        return raw_prediction(_fit(inputs, pool, train), inputs[valid], n_classes=n_classes)

    meta = _fit(inputs, pool, np.arange(len(pool.rows)))
    if deadline and (time.perf_counter() - began) * len(pool.folds) > deadline.remaining():
        return None
    honest = cross_fitted(pool.folds, predict, pool.oof[0])
    members = tuple(
        EnsembleMember(member.algorithm, member.trial, float(weight))
        for member, weight in zip(pool.members, _shown_weights(meta), strict=True)
    )
    ensemble = Ensemble(NAME, "stacked", members, pool.score(honest), time.perf_counter() - began)
    return ensemble, pool.spread(honest), meta


def _fit(inputs: np.ndarray, pool: Pool, rows: np.ndarray) -> Any:
    from sklearn.linear_model import LinearRegression

    if pool.oof.ndim == 3:
        most = max(_FEWEST_ROWS, min(_MOST_ROWS, _MOST_CELLS // pool.oof[:, 0].size))
        rows = sample_rows(pool.y, rows, most=most)
        meta: Any = LogLinearPool(pool.oof.shape[2])
    else:
        meta = LinearRegression(positive=True)
    weight = None if pool.weight is None or not pool.weight[rows].any() else pool.weight[rows]
    return meta.fit(inputs[rows], pool.y[rows], sample_weight=weight)


def _shown_weights(meta: Any) -> np.ndarray:
    """Return how strongly the meta-model leans on each member; they sum to 1."""
    strength = np.abs(meta.coef_)
    return strength / strength.sum() if strength.sum() else np.full(len(strength), 1.0 / len(strength))
