"""XGBoost: regularized gradient boosted trees (Chen and Guestrin, KDD 2016)."""

import copy
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
    max_depth: int = 6,
    min_child_weight: float = 1.0,
    subsample: float = 0.9,
    colsample_bytree: float = 0.8,
    reg_alpha: float = 0.0,
    reg_lambda: float = 1.0,
    grow_policy: str = "depthwise",
) -> Any:
    """Build an XGBoost model; the losses on validation rows determine its number of trees."""
    from xgboost import XGBRegressor

    from podium_ml.tabular.algorithms._xgboost_classifier import GapTolerantClassifier

    parameters: dict[str, Any] = {
        "n_estimators": MAX_ROUNDS,
        "learning_rate": learning_rate or default_learning_rate(problem),
        "max_depth": max_depth,
        "min_child_weight": min_child_weight,
        "subsample": subsample,
        "colsample_bytree": colsample_bytree,
        "reg_alpha": reg_alpha,
        "reg_lambda": reg_lambda,
        "grow_policy": grow_policy,
        "max_leaves": 2**max_depth if grow_policy == "lossguide" else 0,
        "tree_method": "hist",
        "enable_categorical": True,
        "random_state": seed,
        "n_jobs": n_jobs,
        "verbosity": 0,
    }
    if problem.is_classification:
        return GapTolerantClassifier(**parameters)
    return XGBRegressor(**_objective(objective_of(problem).level), **parameters)


def _objective(level: float | None) -> dict[str, Any]:
    """Return the loss that asks for the mean, the median or another quantile."""
    if level is None:
        return {"objective": "reg:squarederror"}
    if level == 0.5:
        return {"objective": "reg:absoluteerror"}
    return {"objective": "reg:quantileerror", "quantile_alpha": level}


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
    validation = known_classes(validation, y)
    rows = evaluation_rows(validation, weights="sample_weight_eval_set")
    estimator.set_params(callbacks=[_stop_when_done(deadline)])
    estimator.fit(numbered(X), y, sample_weight=sample_weight, verbose=False, **rows)
    # From here on, columns are matched by position, as the encoders keep their order.
    estimator.get_booster().feature_names = None
    return estimator.set_params(callbacks=None)


def _losses(estimator: Any) -> np.ndarray:
    if not getattr(estimator, "evals_result_", None):
        return np.empty(0)
    (losses,) = estimator.evals_result()["validation_0"].values()
    return np.asarray(losses)


def _first(estimator: Any, rounds: int) -> FirstRounds:
    return FirstRounds(
        estimator, iteration_range=(0, min(rounds, estimator.get_booster().num_boosted_rounds()))
    )


def _shortened(estimator: Any, rounds: int) -> Any:
    short, booster = copy.copy(estimator), estimator.get_booster()
    short._Booster = booster[: min(rounds, booster.num_boosted_rounds())]
    return short


def _stop_when_done(deadline: Deadline) -> Any:
    """Create the callback that ends training; its base class is part of the library."""
    from xgboost.callback import TrainingCallback

    patience = Patience()

    class StopWhenDone(TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            losses = [curve[-1] for curves in evals_log.values() for curve in curves.values()]
            return deadline.passed() or (bool(losses) and patience.ends(epoch, losses[0]))

    return StopWhenDone()


SPEC = AlgorithmSpec(
    name="xgboost",
    title="XGBoost",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    seeds=4,
    rounds=Rounds("n_estimators", _losses, usual_rounds_of, _first, shortened=_shortened),
    search_space={
        "learning_rate": Float(0.01, 0.2, log=True),
        "max_depth": Int(2, 10),
        "min_child_weight": Float(0.1, 50.0, log=True),
        "subsample": Float(0.5, 1.0),
        "colsample_bytree": Float(0.3, 1.0),
        "reg_alpha": Float(1e-4, 10.0, log=True),
        "reg_lambda": Float(1e-2, 30.0, log=True),
        "grow_policy": Categorical(("depthwise", "lossguide")),
    },
    portfolio=[
        {},
        {"max_depth": 3, "reg_lambda": 10.0},
        {"learning_rate": 0.03, "max_depth": 9, "min_child_weight": 3.0, "colsample_bytree": 0.6},
        {"learning_rate": 0.03, "max_depth": 7, "subsample": 0.6, "colsample_bytree": 0.4},
    ],
    needs="native",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=3.0,
    cost=Cost(
        0.13,
        flat=0.4,
        rows=0.85,
        columns=0.9,
        classes=0.85,
        regression=2.0,
        factors={"learning_rate": power(0.05, -0.8, classes=0.5, most=0.15), "max_depth": power(6, 0.8)},
        parallel=0.7,
        cheaper=({"learning_rate": 0.1}, {"learning_rate": 0.2, "max_depth": 4}),
    ),
    usefulness=7,
    description="Gradient boosted trees with strong regularization; they have won many competitions.",
)
