"""Linear support vector machine (LIBLINEAR, Fan et al. 2008)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._row_ramp import fit_quick


def build(
    problem: Problem, *, seed: int, n_jobs: int, C: float = 0.1, class_weight: str | None = None
) -> Any:
    """Build a linear SVM: calibrated for classification, on a standardized target for regression."""
    from sklearn.svm import LinearSVC, LinearSVR

    from podium_ml.tabular.algorithms._margins import MarginClassifier
    from podium_ml.tabular.algorithms._target_scaling import on_scaled_target

    if problem.is_classification:
        model = LinearSVC(C=C, class_weight=class_weight, dual="auto", max_iter=500, random_state=seed)
        return MarginClassifier(model, seed=seed)
    return on_scaled_target(LinearSVR(C=C, epsilon=0.05, dual="auto", max_iter=500, random_state=seed))


SPEC = AlgorithmSpec(
    name="linear_svm",
    title="Linear SVM",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit_quick,
    search_space={
        "C": Float(1e-3, 30.0, log=True),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[{}, {"C": 1.0}, {"C": 0.01}],
    needs="onehot",
    resources=Resources(cpu="500m", memory="1Gi"),
    weight=0.4,
    cost=Cost(0.003, rows=0.9, columns=0.7, classes=1.5, regression=0.3),
    usefulness=2,
    max_rows=50_000,
    interpretable=True,
    description="Separates classes, or fits values, with the widest margin a weighted sum can give.",
)
