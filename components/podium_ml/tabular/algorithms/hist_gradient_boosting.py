"""scikit-learn's histogram-based gradient boosting."""

import copy
from typing import Any

import numpy as np

from podium_ml.algorithms import (
    AlgorithmSpec,
    Categorical,
    Cost,
    Float,
    Int,
    Matrix,
    Resources,
    Rounds,
    Validation,
    objective_of,
    power,
)
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._boosting import default_learning_rate, known_classes, usual_rounds_of

_MAX_ROUNDS = 1000
_FIRST_ROUNDS = 10
_PATIENCE = 20


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    learning_rate: float | None = None,
    max_leaf_nodes: int = 31,
    min_samples_leaf: int = 20,
    l2_regularization: float = 1.0,
    max_features: float = 0.8,
    class_weight: str | None = None,
) -> Any:
    """Build a boosting model; the losses on validation rows determine its number of trees."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    parameters: dict[str, Any] = {
        "max_iter": _MAX_ROUNDS,
        "learning_rate": learning_rate or 1.6 * default_learning_rate(problem),
        "max_leaf_nodes": max_leaf_nodes,
        "min_samples_leaf": min_samples_leaf,
        "l2_regularization": l2_regularization,
        "max_features": max_features,
        "n_iter_no_change": _PATIENCE,
        "random_state": seed,
    }
    if problem.is_classification:
        return HistGradientBoostingClassifier(class_weight=class_weight, **parameters)
    level = objective_of(problem).level
    loss = "squared_error" if level is None else "quantile"
    return HistGradientBoostingRegressor(loss=loss, quantile=level, **parameters)


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Add trees in growing batches, checking the clock in between; validation rows end this when they gain no more."""
    validation, total = known_classes(validation, y), estimator.max_iter
    rows = {}
    if validation is not None:
        rows = dict(zip(("X_val", "y_val", "sample_weight_val"), validation, strict=True))
    rounds = total if deadline.remaining() == float("inf") else min(total, _FIRST_ROUNDS)
    estimator.set_params(early_stopping=validation is not None, warm_start=True)
    while True:
        estimator.set_params(max_iter=rounds).fit(X, y, sample_weight=sample_weight, **rows)
        if estimator.n_iter_ < rounds or rounds >= total or deadline.passed():
            return estimator.set_params(max_iter=total, warm_start=False)
        rounds = min(total, rounds + max(_FIRST_ROUNDS, rounds // 2))


def _losses(estimator: Any) -> np.ndarray:
    # The first score is that of the prediction before any round.
    return -np.asarray(estimator.validation_score_)[1:]


def _first(estimator: Any, rounds: int) -> Any:
    """Return a copy that has the first rounds alone."""
    first = copy.copy(estimator)
    first._predictors = estimator._predictors[:rounds]
    return first


SPEC = AlgorithmSpec(
    name="hist_gradient_boosting",
    title="Histogram gradient boosting",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    rounds=Rounds("max_iter", _losses, usual_rounds_of, _first, shortened=_first),
    search_space={
        "learning_rate": Float(0.02, 0.3, log=True),
        "max_leaf_nodes": Int(4, 127, log=True),
        "min_samples_leaf": Int(2, 100, log=True),
        "l2_regularization": Float(1e-3, 100.0, log=True),
        "max_features": Float(0.3, 1.0),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[
        {},
        {"max_leaf_nodes": 8, "min_samples_leaf": 40, "l2_regularization": 10.0},
        {"learning_rate": 0.05, "max_leaf_nodes": 63, "min_samples_leaf": 10, "max_features": 0.5},
    ],
    needs="ordinal",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=0.9,
    cost=Cost(
        0.08,
        flat=0.4,
        rows=0.8,
        columns=0.5,
        classes=0.9,
        regression=1.5,
        factors={
            "learning_rate": power(0.08, -0.7, classes=0.5, most=0.24),
            "max_leaf_nodes": power(31, 0.3),
        },
        cheaper=({"learning_rate": 0.15}, {"learning_rate": 0.3, "max_leaf_nodes": 15}),
    ),
    usefulness=6,
    description="scikit-learn's histogram-based boosted trees.",
)
