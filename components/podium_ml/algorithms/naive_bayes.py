"""Gaussian naive Bayes: each feature on its own, given the class."""

from typing import Any

import numpy as np

from podium_ml.algorithms._boosting import Validation
from podium_ml.algorithms._space import Categorical, Float
from podium_ml.algorithms._spec import AlgorithmSpec, Matrix, Resources
from podium_ml.budget import Deadline
from podium_ml.contracts import Problem


def build(
    problem: Problem, *, seed: int, n_jobs: int, var_smoothing: float = 0.1, bell_shaped: bool = False
) -> Any:
    """Build a naive Bayes classifier; ``bell_shaped`` bends every feature to a normal distribution first."""
    from sklearn.naive_bayes import GaussianNB
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import QuantileTransformer

    shape = QuantileTransformer(n_quantiles=200, output_distribution="normal", random_state=seed)
    model = GaussianNB(var_smoothing=var_smoothing)
    return Pipeline([("shape", shape if bell_shaped else "passthrough"), ("model", model)])


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Fit with as many quantiles as the rows allow."""
    if estimator["shape"] != "passthrough":
        estimator["shape"].set_params(n_quantiles=min(200, len(y)))
    return estimator.fit(X, y, model__sample_weight=sample_weight)


SPEC = AlgorithmSpec(
    name="naive_bayes",
    title="Naive Bayes",
    tasks=frozenset({"binary", "multiclass"}),
    build=build,
    fit=fit,
    search_space={
        "var_smoothing": Float(1e-9, 10.0, log=True),
        "bell_shaped": Categorical((False, True)),
    },
    portfolio=[{}, {"var_smoothing": 1.0}, {"var_smoothing": 1e-3}, {"bell_shaped": True}],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.1,
    minimum_seconds=0.5,
    interpretable=True,
    description="Multiplies what each feature alone says of the class; trains in no time.",
)
