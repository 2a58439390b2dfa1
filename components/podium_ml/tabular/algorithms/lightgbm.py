"""LightGBM: leaf-wise gradient boosted trees on histograms (Ke et al., NeurIPS 2017)."""

import warnings
from typing import Any

import numpy as np

from podium_ml.algorithms import (
    AlgorithmSpec,
    Categorical,
    Cost,
    FirstRounds,
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
from podium_ml.tabular.algorithms._boosting import (
    MAX_ROUNDS,
    Patience,
    default_learning_rate,
    evaluation_rows,
    known_classes,
    numbered,
    usual_rounds_of,
)


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    learning_rate: float | None = None,
    num_leaves: int = 31,
    min_child_samples: int = 20,
    feature_fraction: float = 0.8,
    bagging_fraction: float = 0.9,
    lambda_l1: float = 0.0,
    lambda_l2: float = 1.0,
    extra_trees: bool = False,
    cat_smooth: float = 10.0,
    class_weight: str | None = None,
) -> Any:
    """Build a LightGBM model; the losses on validation rows determine its number of trees."""
    from podium_ml.tabular.algorithms._lightgbm_estimators import PlainLGBMClassifier, PlainLGBMRegressor

    parameters: dict[str, Any] = {
        "n_estimators": MAX_ROUNDS,
        "learning_rate": learning_rate or default_learning_rate(problem),
        "num_leaves": num_leaves,
        "min_child_samples": min_child_samples,
        "colsample_bytree": feature_fraction,
        "subsample": bagging_fraction,
        "subsample_freq": 1,
        "reg_alpha": lambda_l1,
        "reg_lambda": lambda_l2,
        "extra_trees": extra_trees,
        "cat_smooth": cat_smooth,
        "random_state": seed,
        "n_jobs": n_jobs,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if problem.is_classification:
        return PlainLGBMClassifier(class_weight=class_weight, **parameters)
    level = objective_of(problem).level
    if level is None:
        return PlainLGBMRegressor(objective="l2", **parameters)
    return PlainLGBMRegressor(objective="quantile", alpha=level, **parameters)


class _StopWhenDone:
    """Callback that stops when the validation loss has not fallen for long, or at the deadline."""

    order = 30

    def __init__(self, deadline: Deadline) -> None:
        self._deadline, self._patience = deadline, Patience()

    def __call__(self, environment: Any) -> None:
        from lightgbm.callback import EarlyStopException

        results, current = environment.evaluation_result_list, environment.iteration
        hopeless = bool(results) and self._patience.ends(current, results[0][2])
        if hopeless or self._deadline.passed():
            raise EarlyStopException(current, results or [])


def fit(
    estimator: Any,
    X: Matrix,
    y: np.ndarray,
    *,
    sample_weight: np.ndarray | None,
    validation: Validation | None,
    deadline: Deadline,
) -> Any:
    """Fit all trees, or with validation rows until these gain nothing more."""
    rows = evaluation_rows(known_classes(validation, y), weights="eval_sample_weight")
    with warnings.catch_warnings():
        # LightGBM 4.7 and later prefer eval_X and eval_y, which earlier releases do not know.
        warnings.filterwarnings("ignore", message=".*eval_set.*")
        return estimator.fit(
            numbered(X), y, sample_weight=sample_weight, callbacks=[_StopWhenDone(deadline)], **rows
        )


def _losses(estimator: Any) -> np.ndarray:
    return np.array(
        [loss for curves in estimator.evals_result_.values() for loss in next(iter(curves.values()))]
    )


def _first(estimator: Any, rounds: int) -> FirstRounds:
    return FirstRounds(estimator, num_iteration=rounds)


def _shortened(estimator: Any, rounds: int) -> Any:
    return estimator.shortened(rounds)


SPEC = AlgorithmSpec(
    name="lightgbm",
    title="LightGBM",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    seeds=4,
    rounds=Rounds("n_estimators", _losses, usual_rounds_of, _first, shortened=_shortened),
    search_space={
        "learning_rate": Float(0.01, 0.2, log=True),
        "num_leaves": Int(4, 255, log=True),
        "min_child_samples": Int(2, 100, log=True),
        "feature_fraction": Float(0.3, 1.0),
        "bagging_fraction": Float(0.5, 1.0),
        "lambda_l1": Float(1e-4, 10.0, log=True),
        "lambda_l2": Float(1e-3, 30.0, log=True),
        "extra_trees": Categorical((False, True)),
        "cat_smooth": Float(1.0, 100.0, log=True),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[
        {},
        {"extra_trees": True, "num_leaves": 63},
        {"num_leaves": 7, "min_child_samples": 40, "lambda_l2": 10.0},
        {"learning_rate": 0.03, "num_leaves": 127, "feature_fraction": 0.9, "min_child_samples": 5},
        {"learning_rate": 0.02, "num_leaves": 63, "feature_fraction": 0.5, "bagging_fraction": 0.7},
    ],
    needs="native",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=3.0,
    cost=Cost(
        0.115,
        flat=0.1,
        rows=0.8,
        columns=0.86,
        classes=0.65,
        regression=1.2,
        factors={"learning_rate": power(0.05, -0.8, classes=0.5, most=0.15), "num_leaves": power(31, 0.3)},
        parallel=0.7,
        cheaper=({"learning_rate": 0.1}, {"learning_rate": 0.2, "num_leaves": 15}),
    ),
    usefulness=8,
    description="Gradient boosted trees grown leaf by leaf on histograms; fast and strong on most tables.",
)
