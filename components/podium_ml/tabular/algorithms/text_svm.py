"""Linear support vector machine on weighted words and letters."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._row_ramp import fit_sums


def build(
    problem: Problem, *, seed: int, n_jobs: int, C: float = 0.5, class_weight: str | None = None
) -> Any:
    """Build a linear SVM with calibrated probabilities."""
    from sklearn.svm import LinearSVC

    from podium_ml.tabular.algorithms._margins import MarginClassifier

    model = LinearSVC(C=C, class_weight=class_weight, dual="auto", max_iter=500, random_state=seed)
    return MarginClassifier(model, seed=seed)


SPEC = AlgorithmSpec(
    name="text_svm",
    title="Words with linear SVM",
    tasks=frozenset({"binary", "multiclass"}),
    build=build,
    fit=fit_sums,
    search_space={"C": Float(0.02, 10.0, log=True), "class_weight": Categorical((None, "balanced"))},
    portfolio=[{}, {"C": 0.1}, {"C": 2.0}],
    trials=8,
    needs="tfidf",
    reads="text",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=1.9,
    cost=Cost(0.004, classes=0.75),
    usefulness=7,
    max_rows=100_000,
    interpretable=True,
    description="Separates classes of texts with the widest margin that a weighted sum of words can give.",
)
