"""A second layer of extremely randomized trees on out-of-fold predictions (Wolpert 1992; Geurts et al. 2006).

Averaged with the best ensemble of the first layer, it corrects what no weights can: models that are wrong only where
the others say certain things. Trees that are grown at random gain from this where boosted trees overfit.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.contracts import Ensemble, EnsembleMember, Problem
from podium_ml.contracts.out_of_fold import OutOfFold
from podium_ml.ensembling._budget import Costs, Spending
from podium_ml.ensembling._pool import Pool, PoolMember
from podium_ml.models import SecondLayer
from podium_ml.models.compact_forest import CompactForest, compact
from podium_ml.run.budget import Deadline
from podium_ml.run.concurrency import threads
from podium_ml.targets import cross_fitted, sample_rows

NAME = "layered_ensemble"
# Weights of the forest to choose from.
_SHARES = (0.3, 0.5)
_TREES, _SMALLEST_LEAF, _COLUMNS = 100, 5, 0.5
# Rows that suffice to grow a forest, and rows of which an ensemble alone knows enough.
_MOST_ROWS, _ENOUGH_ROWS = 20_000, 200_000
# Predictions of more models and classes would take too long.
_MOST_INPUTS = 130
# A gain of at most this share of the score is not worth a second layer.
_NEGLIGIBLE = 0.001


@dataclass(frozen=True)
class Layer:
    """An ensemble that may be the first layer.

    Attributes:
        ensemble: The ensemble.
        oof: Its cross-fitted out-of-fold predictions.
    """

    ensemble: Ensemble
    oof: OutOfFold


def build_layered(
    pool: Pool, ensembles: Sequence[Layer], *, problem: Problem, budget: Costs, deadline: Deadline
) -> tuple[Ensemble, OutOfFold, SecondLayer] | None:
    """Average the best ensemble with a forest, and compute the cross-fitted score.

    The forest learns from the members of all ensembles.

    Args:
        pool: The pool, with folds.
        ensembles: Ensembles of its members.
        problem: The problem.
        budget: What all members may cost together.
        deadline: When the second layer must be done.

    Returns:
        The ensemble, its cross-fitted out-of-fold predictions of all training rows, and the second layer; ``None``
        without a gain, or if there is too little time to know it.
    """
    began, utility = time.perf_counter(), pool.metric.utility
    if not ensembles or not pool.target.layers or len(pool.rows) > _ENOUGH_ROWS:
        return None
    first = max(ensembles, key=lambda one: utility(one.ensemble.score))
    positions = _affordable(pool, first, ensembles, budget)
    mixtures = _mixtures(pool, positions, first, problem, deadline)
    best = max(mixtures, key=lambda one: utility(one.score), default=None)
    needed = utility(first.ensemble.score) + _NEGLIGIBLE * abs(first.ensemble.score)
    if best is None or not utility(best.score) > needed:
        return None
    ensemble = Ensemble(
        NAME,
        "layered",
        _shown([pool.members[at] for at in positions], first.ensemble, best.second),
        best.score,
        time.perf_counter() - began,
        first=first.ensemble.name,
    )
    return ensemble, pool.out_of_fold(best.oof), best.second


@dataclass(frozen=True)
class _Mixture:
    """A second layer above an ensemble.

    Attributes:
        second: The second layer.
        oof: Cross-fitted predictions of the pool's rows.
        score: Their score.
    """

    second: SecondLayer
    oof: np.ndarray
    score: float


def _mixtures(
    pool: Pool, positions: list[int], first: Layer, problem: Problem, deadline: Deadline
) -> list[_Mixture]:
    """Return the means of an ensemble and of a forest of some members, one for each share; none if time is short."""
    built = _Trees(pool, positions, problem).cross_fit(deadline)
    if built is None:
        return []
    (forest, trees), ensemble, found = built, first.oof.full()[pool.rows], []
    for share in _SHARES:
        oof = pool.target.combine((1 - share, share), [ensemble, trees], n_outputs=problem.n_outputs)
        found.append(_Mixture(SecondLayer(forest, share), oof, pool.decided_score(oof)))
    return found


def _affordable(pool: Pool, first: Layer, others: Sequence[Layer], budget: Costs) -> list[int]:
    """Return the positions of the members of an ensemble, and of those of others that the budget allows with them."""
    spending = Spending.of([member.costs for member in pool.members], budget)
    places = {(one.algorithm, one.trial): at for at, one in enumerate(pool.members)}
    found = [places[one.algorithm, one.trial] for one in first.ensemble.members]
    for one in (member for layer in others for member in layer.ensemble.members):
        at = places[one.algorithm, one.trial]
        if at not in found and spending.fits([*found, at]):
            found.append(at)
    return found


class _Trees:
    """Forests that learn from the predictions of some models.

    Args:
        pool: The pool.
        positions: The models.
        problem: The problem.
    """

    def __init__(self, pool: Pool, positions: Sequence[int], problem: Problem) -> None:
        self._pool, self._problem = pool, problem
        self._inputs = pool.target.meta_features(list(pool.oof[list(positions)]))

    def cross_fit(self, deadline: Deadline) -> tuple[CompactForest, np.ndarray] | None:
        """Return a forest that knows all rows, and predictions of each fold by one that knows only the others.

        Args:
            deadline: When to be done; there is no result if there is too little time.
        """
        pool, inputs = self._pool, self._inputs
        if inputs.shape[1] > _MOST_INPUTS or deadline.passed():
            return None

        def predict(train: np.ndarray, valid: np.ndarray) -> np.ndarray:
            return self._predict(self._grow(train), inputs[valid])

        began = time.perf_counter()
        forest = self._grow(np.arange(len(pool.rows)))
        self._predict(forest, inputs[pool.folds[0][1]])
        if (time.perf_counter() - began) * len(pool.folds) > deadline.remaining():
            return None
        return forest, cross_fitted(pool.folds, predict, np.full_like(pool.oof[0], np.nan))

    def _grow(self, rows: np.ndarray) -> CompactForest:
        pool = self._pool
        rows = sample_rows(pool.target.ordering(pool.y), rows, most=_MOST_ROWS)
        forest = _make_forest(self._problem)
        return compact(forest.fit(self._inputs[rows], pool.y[rows], sample_weight=pool.weight_of(rows)))

    def _predict(self, forest: CompactForest, inputs: np.ndarray) -> np.ndarray:
        return self._pool.target.predict(forest, inputs, n_outputs=self._problem.n_outputs)


def _make_forest(problem: Problem) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    make = ExtraTreesClassifier if problem.is_classification else ExtraTreesRegressor
    return make(
        n_estimators=_TREES,
        min_samples_leaf=_SMALLEST_LEAF,
        max_features=_COLUMNS,
        random_state=problem.seed,
        n_jobs=threads(),
    )


def _shown(members: Sequence[PoolMember], first: Ensemble, second: SecondLayer) -> tuple[EnsembleMember, ...]:
    """Return the members with how much they count in both layers."""
    weights = {(one.algorithm, one.trial): (1 - second.share) * one.weight for one in first.members}
    parts = second.forest.feature_importances_.reshape(len(members), -1).sum(axis=1)
    return tuple(
        EnsembleMember(
            one.algorithm,
            one.trial,
            weights.get((one.algorithm, one.trial), 0.0) + float(second.share * part),
        )
        for one, part in zip(members, parts, strict=True)
    )
