"""Logistic regression on weighted words and letters."""

from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Matrix, Resources, Validation
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import _iterations


def build(
    problem: Problem, *, seed: int, n_jobs: int, C: float = 10.0, class_weight: str | None = None
) -> Any:
    """Build a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, class_weight=class_weight, max_iter=150, tol=1e-3, random_state=seed)


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Iterate until convergence or the deadline."""
    from podium_ml.tabular.algorithms._text_estimators import halved

    return halved(
        _iterations.fit(
            estimator, X, y, sample_weight=sample_weight, validation=validation, deadline=deadline
        )
    )


SPEC = AlgorithmSpec(
    name="text_logistic_regression",
    title="Words with logistic regression",
    tasks=frozenset({"binary", "multiclass"}),
    build=build,
    fit=fit,
    search_space={"C": Float(0.3, 300.0, log=True), "class_weight": Categorical((None, "balanced"))},
    portfolio=[{}, {"C": 50.0}, {"C": 2.0}, {"C": 10.0, "class_weight": "balanced"}],
    trials=8,
    needs="tfidf",
    reads="text",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.9,
    cost=Cost(0.0011, classes=1.45),
    usefulness=8,
    interpretable=True,
    description="A weighted sum of words, pairs of words and pieces of words, turned into class probabilities.",
)
