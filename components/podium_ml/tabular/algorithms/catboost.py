"""CatBoost: boosted symmetric trees with ordered target statistics (Prokhorenkova et al., NeurIPS 2018)."""

from typing import Any

import numpy as np
import pandas as pd

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
from podium_ml.tabular.algorithms._boosting import MAX_ROUNDS, known_classes, numbered, usual_rounds

_PATIENCE = 50
MISSING = "(missing)"


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    learning_rate: float = 0.1,
    depth: int = 6,
    l2_leaf_reg: float = 3.0,
    random_strength: float = 1.0,
    bagging_temperature: float = 1.0,
    rsm: float = 1.0,
    one_hot_max_size: int = 20,
    max_ctr_complexity: int = 2,
    class_weight: str | None = None,
) -> Any:
    """Build a CatBoost model, preceded by a step that names missing categories."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    from podium_ml.tabular.algorithms._catboost_pipeline import CatBoostPipeline, MissingNamer

    parameters: dict[str, Any] = {
        "iterations": MAX_ROUNDS,
        "learning_rate": learning_rate,
        "depth": depth,
        "l2_leaf_reg": l2_leaf_reg,
        "random_strength": random_strength,
        "bagging_temperature": bagging_temperature,
        "rsm": rsm,
        "one_hot_max_size": one_hot_max_size,
        "max_ctr_complexity": max_ctr_complexity,
        "random_seed": seed,
        "thread_count": n_jobs,
        "allow_writing_files": False,
        "logging_level": "Silent",
    }
    if problem.task == "binary":
        # Otherwise the library's default depends on the number of iterations.
        parameters["leaf_estimation_iterations"] = 10
    if problem.is_classification:
        weights = "Balanced" if class_weight == "balanced" else None
        model = CatBoostClassifier(auto_class_weights=weights, **parameters)
    else:
        level = objective_of(problem).level
        loss = "RMSE" if level is None else f"Quantile:alpha={level}"
        model = CatBoostRegressor(loss_function=loss, **parameters)
    return CatBoostPipeline([("name_missing", MissingNamer()), ("model", model)])


def name_missing(X: Matrix) -> Matrix:
    """Turn missing categories into a category of their own, which the library does not do itself."""
    X = numbered(X)
    if not isinstance(X, pd.DataFrame):
        return X
    categorical = {str(name): X[name] for name in X.select_dtypes("category")}
    missing = {name: column.cat for name, column in categorical.items() if column.hasnans}
    named = {name: levels.add_categories(MISSING).fillna(MISSING) for name, levels in missing.items()}
    return X.assign(**named) if named else X


class _StopAtDeadline:
    """CatBoost callback that stops training at the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def after_iteration(self, _: Any) -> bool:
        """Return whether to continue."""
        return not self._deadline.passed()


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
    from catboost import Pool

    validation, model = known_classes(validation, y), estimator["model"]
    X = estimator["name_missing"].fit_transform(X)
    categories = list(X.select_dtypes("category")) if isinstance(X, pd.DataFrame) else None
    checks = None
    if validation is not None:
        X_valid, y_valid, weight = validation
        checks = Pool(name_missing(X_valid), y_valid, weight=weight, cat_features=categories)
    model.fit(
        X,
        y,
        cat_features=categories,
        sample_weight=sample_weight,
        eval_set=checks,
        early_stopping_rounds=_PATIENCE if validation else None,
        use_best_model=False,
        callbacks=[_StopAtDeadline(deadline)],
    )
    return estimator


def _losses(estimator: Any) -> np.ndarray:
    curves = estimator["model"].get_evals_result().get("validation", {})
    return np.array([loss for curve in curves.values() for loss in curve])


def _first(estimator: Any, rounds: int) -> FirstRounds:
    return FirstRounds(estimator, ntree_end=min(rounds, estimator["model"].tree_count_))


def _shortened(estimator: Any, rounds: int) -> Any:
    model = estimator["model"].copy()
    model.shrink(ntree_end=min(rounds, model.tree_count_))
    return type(estimator)([("name_missing", estimator["name_missing"]), ("model", model)])


def _usual(estimator: Any) -> int:
    return usual_rounds(estimator["model"].get_param("learning_rate"))


SPEC = AlgorithmSpec(
    name="catboost",
    title="CatBoost",
    tasks=frozenset({"binary", "multiclass", "regression"}),
    build=build,
    fit=fit,
    seeds=4,
    rounds=Rounds("model__iterations", _losses, _usual, _first, shortened=_shortened),
    search_space={
        "learning_rate": Float(0.01, 0.2, log=True),
        "depth": Int(3, 9),
        "l2_leaf_reg": Float(0.5, 30.0, log=True),
        "random_strength": Float(0.1, 10.0, log=True),
        "bagging_temperature": Float(0.0, 2.0),
        "rsm": Float(0.4, 1.0),
        "one_hot_max_size": Categorical((2, 20, 100)),
        "max_ctr_complexity": Int(1, 4),
        "class_weight": Categorical((None, "balanced")),
    },
    portfolio=[
        {},
        {"learning_rate": 0.05, "one_hot_max_size": 100, "max_ctr_complexity": 1, "rsm": 0.7},
        {"learning_rate": 0.05, "depth": 8, "l2_leaf_reg": 5.0, "rsm": 0.6},
        {"learning_rate": 0.06, "depth": 4, "one_hot_max_size": 2, "max_ctr_complexity": 4},
    ],
    needs="native",
    resources=Resources(cpu="1", memory="2Gi"),
    weight=3.0,
    cost=Cost(
        0.26,
        flat=0.7,
        rows=0.8,
        columns=0.88,
        classes=1.3,
        regression=1.4,
        factors={"learning_rate": power(0.1, -0.8), "depth": power(6, 2.0), "rsm": power(1.0, 0.6)},
        parallel=0.6,
        cheaper=({"learning_rate": 0.2}, {"learning_rate": 0.2, "depth": 4}),
    ),
    usefulness=9,
    description="Boosted symmetric trees with the best handling of categories.",
)
