"""Explainable boosting machine: a boosted additive model whose terms can all be drawn (Lou et al., KDD 2013)."""

import time
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.algorithms import (
    AlgorithmSpec,
    Categorical,
    Cost,
    Float,
    Int,
    Matrix,
    Resources,
    Validation,
)
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._quiet import fit as fit_quietly

_MAX_ROUNDS = 4000
_PILOT_ROUNDS = 20
# These take about as long as binning the columns. With fewer, one fold without time would spoil the score of all.
_FEWEST_ROUNDS = 200
_MAX_COLUMNS_PAIRED = 100


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    learning_rate: float = 0.2,
    pairs: float = 1.0,
    max_leaves: int = 2,
    max_bins: int = 256,
    smoothing_rounds: int = 25,
) -> Any:
    """Build an explainable boosting machine; two outer bags are enough, as the folds add more bagging.

    With more than two classes, pairs of features are left out, because they could not be drawn.
    """
    from podium_ml.tabular.algorithms._explainable_estimators import (
        PlainExplainableClassifier,
        PlainExplainableRegressor,
    )

    model = PlainExplainableClassifier if problem.is_classification else PlainExplainableRegressor
    return model(
        learning_rate=learning_rate,
        interactions=pairs if problem.task != "multiclass" else 0,
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
    """Fit the model; with a deadline, two short fits first measure how many rounds the time allows.

    The library can stop at a deadline itself, but it starts another process to do so.
    """
    rounds, pairs = _MAX_ROUNDS, _count_interactions(estimator.interactions, X.shape[1])
    # With the types given, the library need not read all values as text to guess them.
    estimator.set_params(feature_types=_feature_types(X), interactions=0)
    if deadline.remaining() != float("inf"):
        rounds = min(rounds, _rounds_in_time(estimator, X, y, sample_weight, deadline))
        if rounds < _FEWEST_ROUNDS:
            rounds, pairs = _FEWEST_ROUNDS, 0
    _timed_fit(estimator.set_params(max_rounds=rounds, interactions=pairs), X, y, sample_weight)
    return estimator


def _rounds_in_time(
    estimator: Any, X: Matrix, y: np.ndarray, sample_weight: np.ndarray | None, deadline: Deadline
) -> int:
    first = _timed_fit(estimator.set_params(max_rounds=1), X, y, sample_weight)
    if deadline.remaining() < 4 * first:
        return 0
    second = _timed_fit(estimator.set_params(max_rounds=_PILOT_ROUNDS), X, y, sample_weight)
    per_round = max(second - first, 1e-3) / (_PILOT_ROUNDS - 1)
    # Single features and pairs are boosted one after the other, and pairs take longer: hence a third.
    return int((deadline.remaining() - first) / per_round / 3)


def _feature_types(X: Matrix) -> list[str]:
    if not isinstance(X, pd.DataFrame):
        return ["continuous"] * X.shape[1]
    return ["nominal" if isinstance(dtype, pd.CategoricalDtype) else "continuous" for dtype in X.dtypes]


def _count_interactions(pairs: float, n_columns: int) -> int:
    """Return the number of pairs to model; none for wide tables, as the library would try all pairs."""
    return round(pairs * n_columns) if n_columns <= _MAX_COLUMNS_PAIRED else 0


def _timed_fit(estimator: Any, X: Matrix, y: np.ndarray, sample_weight: np.ndarray | None) -> float:
    """Fit in threads and return the seconds it took; processes, the library's default, cost a second each."""
    import joblib

    began = time.monotonic()
    with joblib.parallel_config("threading"):
        fit_quietly(estimator, X, y, sample_weight=sample_weight, validation=None, deadline=Deadline())
    return time.monotonic() - began


SPEC = AlgorithmSpec(
    name="explainable_boosting_machine",
    title="Explainable boosting machine",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "learning_rate": Float(0.03, 0.4, log=True),
        "pairs": Categorical((0.0, 0.5, 1.0, 2.0)),
        "max_leaves": Int(2, 4),
        "max_bins": Categorical((64, 256, 1024)),
        "smoothing_rounds": Int(5, 100, log=True),
    },
    portfolio=[{}, {"learning_rate": 0.08, "max_leaves": 3}, {"pairs": 0.0}],
    needs="native",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.2,
    cost=Cost(
        0.45,
        flat=0.85,
        columns=0.9,
        classes=0.4,
        # Several classes have no pairs.
        factors={"pairs": lambda share, size: 0.25 + 0.75 * share if size.classes <= 2 else 1.0},
        cheaper=({"pairs": 0.5}, {"pairs": 0.0}),
    ),
    usefulness=5,
    max_rows=100_000,
    interpretable=True,
    description="A glass box as accurate as many black boxes: one curve per feature, one map per pair of features.",
)
