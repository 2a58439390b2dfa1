"""Logistic regressions on words that count by how much they tell classes apart (NB-SVM)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._row_ramp import fit_sums


def build(problem: Problem, *, seed: int, n_jobs: int, C: float = 4.0) -> Any:
    """Build the classifier."""
    from podium_ml.tabular.algorithms._text_estimators import NaiveBayesLogistic

    return NaiveBayesLogistic(C=C, seed=seed)


SPEC = AlgorithmSpec(
    name="text_naive_bayes_svm",
    title="Words with NB-SVM",
    tasks=frozenset({"binary", "multiclass"}),
    build=build,
    fit=fit_sums,
    search_space={"C": Float(0.1, 100.0, log=True)},
    portfolio=[{}, {"C": 30.0}, {"C": 0.7}],
    trials=6,
    needs="tfidf",
    reads="text",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.9,
    cost=Cost(0.0025),
    usefulness=7,
    interpretable=True,
    description="Weighted sums of words, each of which counts by how much it tells its class from the others.",
)
