"""Gaussian naive Bayes: each feature on its own, given the class."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._row_ramp import fit_quick


def build(problem: Problem, *, seed: int, n_jobs: int, var_smoothing: float = 0.1) -> Any:
    """Build a calibrated naive Bayes classifier; redundant features would otherwise make it overconfident."""
    from sklearn.naive_bayes import GaussianNB

    from podium_ml.tabular.algorithms._margins import MarginClassifier

    return MarginClassifier(GaussianNB(var_smoothing=var_smoothing), seed=seed)


SPEC = AlgorithmSpec(
    name="naive_bayes",
    title="Naive Bayes",
    tasks=frozenset({"binary", "multiclass"}),
    build=build,
    fit=fit_quick,
    search_space={"var_smoothing": Float(1e-9, 10.0, log=True)},
    portfolio=[{}, {"var_smoothing": 1.0}, {"var_smoothing": 1e-3}],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.1,
    cost=Cost(0.002, rows=0.8, columns=0.6, classes=1.1),
    interpretable=True,
    description="Multiplies what each feature alone says about the class; trains in no time.",
)
