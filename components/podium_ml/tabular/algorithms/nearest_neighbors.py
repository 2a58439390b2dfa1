"""K nearest neighbours in the space of scaled features."""

from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Int, Matrix, Resources, Validation
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._row_ramp import with_every_class

# A prediction compares a row with every stored one. So many cells make a file of 8 MB, and 10,000 predictions take less
# than a second.
_MOST_CELLS = 2_000_000
_FEWEST_ROWS = 1_000


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    n_neighbors: int = 15,
    weights: str = "distance",
    p: int = 2,
) -> Any:
    """Build a nearest-neighbour model."""
    from sklearn.neighbors import KNeighborsRegressor

    from podium_ml.tabular.algorithms._smoothing import SmoothedNeighborsClassifier

    model = SmoothedNeighborsClassifier if problem.is_classification else KNeighborsRegressor
    return model(n_neighbors=n_neighbors, weights=weights, p=p, n_jobs=n_jobs)


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Store the rows, or some of a wide table, and use no more neighbours than there are rows."""
    most = max(_FEWEST_ROWS, _MOST_CELLS // max(1, X.shape[1]))
    if len(y) > most:
        chosen = with_every_class(np.sort(np.random.default_rng(0).permutation(len(y))[:most]), y)
        X, y = np.asarray(X)[chosen], y[chosen]
    return estimator.set_params(n_neighbors=min(estimator.n_neighbors, len(y))).fit(X, y)


SPEC = AlgorithmSpec(
    name="nearest_neighbors",
    title="Nearest neighbours",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "n_neighbors": Int(1, 100, log=True),
        "weights": Categorical(("distance", "uniform")),
        "p": Categorical((1, 2)),
    },
    portfolio=[{}, {"n_neighbors": 40}, {"n_neighbors": 5}, {"n_neighbors": 15, "p": 1}],
    needs="onehot",
    keeps_rows=True,
    resources=Resources(cpu="1", memory="2Gi"),
    weight=0.4,
    cost=Cost(0.001, rows=1.6, columns=0.7, classes=0.3),
    usefulness=1,
    max_rows=20_000,
    weighted=False,
    description="Predicts from the most similar training rows; ignores sample weights.",
)
