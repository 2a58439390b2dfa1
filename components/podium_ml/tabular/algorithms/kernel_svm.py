"""Support vector machine with a Gaussian kernel (Cortes and Vapnik 1995)."""

from typing import Any

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources
from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms._row_ramp import fit


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    C: float = 1.0,
    gamma: float | str = "scale",
    class_weight: str | None = None,
) -> Any:
    """Build a kernel SVM: calibrated for classification, on a standardized target for regression."""
    from podium_ml.tabular.algorithms._kernel_estimators import ProductSVC, ProductSVR
    from podium_ml.tabular.algorithms._margins import MarginClassifier
    from podium_ml.tabular.algorithms._target_scaling import on_scaled_target

    parameters: dict[str, Any] = {"C": C, "gamma": gamma, "cache_size": 500, "tol": 1e-3}
    if problem.is_classification:
        return MarginClassifier(
            ProductSVC(class_weight=class_weight, random_state=seed, **parameters), seed=seed
        )
    return on_scaled_target(ProductSVR(epsilon=0.05, **parameters))


SPEC = AlgorithmSpec(
    name="kernel_svm",
    title="Kernel SVM",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    search_space={
        "C": Float(0.03, 100.0, log=True),
        "gamma": Float(1e-4, 1.0, log=True),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[{}, {"C": 10.0}, {"C": 30.0, "gamma": 0.003}, {"C": 3.0, "gamma": 0.1}],
    needs="onehot",
    keeps_rows=True,
    resources=Resources(cpu="1", memory="2Gi"),
    weight=0.8,
    usefulness=2,
    cost=Cost(0.023, rows=2.0, columns=0.65, classes=0.75, regression=0.4),
    max_rows=6_000,
    description="Compares rows with a Gaussian kernel; strong on small tables, fitted on at most 6,000 rows.",
)
