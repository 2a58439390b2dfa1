"""Explainable boosting machine: a boosted additive model whose every term can be drawn (Lou et al., KDD 2013)."""

import time
from typing import Any

import numpy as np

from podium_ml.algorithms._boosting import Validation
from podium_ml.algorithms._quiet import fit as fit_quietly
from podium_ml.algorithms._space import Categorical, Float, Int
from podium_ml.algorithms._spec import AlgorithmSpec, Matrix, Resources
from podium_ml.budget import Deadline
from podium_ml.contracts import Problem

_MAX_ROUNDS = 4000
_PILOT_ROUNDS = 30


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    learning_rate: float = 0.2,
    interactions: float = 1.0,
    max_leaves: int = 2,
    max_bins: int = 256,
    smoothing_rounds: int = 25,
) -> Any:
    """Build an explainable boosting machine; two outer bags suffice, as the folds bag once more.

    Pairs of features are left out where there are more than two classes: they could not be drawn.
    """
    from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor

    model = ExplainableBoostingClassifier if problem.is_classification else ExplainableBoostingRegressor
    return model(
        learning_rate=learning_rate,
        interactions=f"{interactions}x" if problem.task != "multiclass" and interactions else 0,
        max_leaves=max_leaves,
        max_bins=max_bins,
        max_interaction_bins=32,
        outer_bags=2,
        smoothing_rounds=smoothing_rounds,
        interaction_smoothing_rounds=smoothing_rounds,
        early_stopping_rounds=50,
        max_rounds=_MAX_ROUNDS,
        n_jobs=n_jobs,
        random_state=seed,
    )


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Fit; with a deadline, a short fit first tells how many rounds the time allows.

    The library can stop at a deadline by itself, but starts another process to do so.
    """
    if deadline.remaining() != float("inf"):
        rounds, interactions = estimator.max_rounds, estimator.interactions
        began = time.monotonic()
        estimator.set_params(max_rounds=_PILOT_ROUNDS, interactions=0)
        _fit(estimator, X, y, sample_weight)
        # Pairs and mains are boosted one after the other, hence half; half again for what cannot be foreseen.
        affordable = int(_PILOT_ROUNDS * deadline.remaining() / (time.monotonic() - began) / 4)
        if affordable <= _PILOT_ROUNDS:
            return estimator
        estimator.set_params(max_rounds=min(rounds, affordable), interactions=interactions)
    return _fit(estimator, X, y, sample_weight)


def _fit(estimator: Any, X: Matrix, y: np.ndarray, sample_weight: np.ndarray | None) -> Any:
    """Fit in threads: the library's own choice, processes, costs a second each."""
    import joblib

    with joblib.parallel_config("threading"):
        return fit_quietly(estimator, X, y, sample_weight=sample_weight, validation=None, deadline=Deadline())


SPEC = AlgorithmSpec(
    name="explainable_boosting_machine",
    title="Explainable boosting machine",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "learning_rate": Float(0.03, 0.4, log=True),
        "interactions": Categorical((0.0, 0.5, 1.0, 2.0)),
        "max_leaves": Int(2, 4),
        "max_bins": Categorical((64, 256, 1024)),
        "smoothing_rounds": Int(5, 100, log=True),
    },
    portfolio=[{}, {"learning_rate": 0.08, "max_leaves": 3}, {"interactions": 0.0}],
    needs="native",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.5,
    minimum_seconds=3.0,
    max_rows=100_000,
    interpretable=True,
    description="A glass box as accurate as many black ones: one curve a feature, one map a pair of features.",
)
