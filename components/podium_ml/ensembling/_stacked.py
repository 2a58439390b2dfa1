"""A meta-model on out-of-fold predictions (stacked generalization; Wolpert 1992)."""

import time
import warnings
from typing import Any

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember, Problem
from podium_ml.ensembling._pool import Pool
from podium_ml.models.fold_model import raw_prediction
from podium_ml.models.stacked_ensemble import meta_features

NAME = "stacked_ensemble"
# Each branch's best only, and not too many: inputs grow with the number of classes.
_MOST_MEMBERS = 10
_REGULARIZATION = 0.1


def build_stacked(pool: Pool, *, problem: Problem) -> tuple[Ensemble, np.ndarray, Any]:
    """Fit a regularized linear meta-model, and score it honestly.

    Args:
        pool: At least two members.
        problem: The problem.

    Returns:
        The ensemble, its cross-fitted out-of-fold predictions of all training rows, and the meta-model.
    """
    began = time.perf_counter()
    pool = pool.subset([i for i, member in enumerate(pool.members) if member.best][:_MOST_MEMBERS])
    inputs = meta_features(list(pool.oof))
    n_classes = len(problem.classes) if problem.is_classification else 0
    honest = np.empty_like(pool.oof[0])
    for train, valid in pool.folds:
        honest[valid] = raw_prediction(_fit(inputs, pool, train), inputs[valid], n_classes=n_classes)
    meta = _fit(inputs, pool, np.arange(len(pool.rows)))
    weights = _shown_weights(meta, len(pool.members))
    members = tuple(
        EnsembleMember(member.algorithm, member.trial, float(weight))
        for member, weight in zip(pool.members, weights, strict=True)
    )
    ensemble = Ensemble(NAME, "stacked", members, pool.score(honest), time.perf_counter() - began)
    return ensemble, pool.spread(honest), meta


def _fit(inputs: np.ndarray, pool: Pool, rows: np.ndarray) -> Any:
    from sklearn.linear_model import LinearRegression, LogisticRegression

    weight = None if pool.weight is None else pool.weight[rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if pool.oof.ndim == 3:
            model = LogisticRegression(C=_REGULARIZATION, max_iter=500)
        else:
            model = LinearRegression(positive=True)
        return model.fit(inputs[rows], pool.y[rows], sample_weight=weight)


def _shown_weights(meta: Any, members: int) -> np.ndarray:
    """Return how strongly the meta-model leans on each member; they sum to 1."""
    strength = np.abs(np.atleast_2d(meta.coef_)).sum(axis=0).reshape(members, -1).sum(axis=1)
    return strength / strength.sum() if strength.sum() else np.full(members, 1.0 / members)
