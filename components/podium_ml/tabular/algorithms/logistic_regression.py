"""Logistic regression with a ridge, lasso or elastic-net penalty."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._iterations import fit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    C: float = 1.0,
    l1_ratio: float = 0.0,
    class_weight: str | None = None,
) -> Any:
    """Build a logistic regression; the lasso penalty needs the slower SAGA solver."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=C,
        l1_ratio=l1_ratio,
        class_weight=class_weight,
        solver="saga" if l1_ratio else "lbfgs",
        max_iter=200 if l1_ratio else 500,
        tol=1e-3 if l1_ratio else 1e-4,
        random_state=seed,
    )


SPEC = AlgorithmSpec(
    name="logistic_regression",
    title="Logistic regression",
    tasks=frozenset({"binary", "multiclass"}),
    build=build,
    fit=fit,
    search_space={
        "C": Float(1e-3, 100.0, log=True),
        "l1_ratio": Categorical((0.0, 0.5, 1.0)),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[{"C": 1.0}, {"C": 0.1}, {"C": 0.01}, {"C": 10.0}, {"C": 0.1, "l1_ratio": 1.0}],
    sparse=[{"C": 0.03, "l1_ratio": 1.0}, {"C": 0.1, "l1_ratio": 1.0}, {"C": 0.3, "l1_ratio": 1.0}],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.4,
    cost=Cost(
        0.001,
        rows=0.8,
        columns=0.6,
        classes=2.0,
        factors={"l1_ratio": lambda share, _: 20.0 if share else 1.0},
    ),
    usefulness=3,
    interpretable=True,
    description="A weighted sum of the features turned into class probabilities; fast and readable.",
)
