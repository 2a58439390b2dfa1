"""Small feature tables, problems and algorithms for the tests of training."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.algorithms import AlgorithmSpec, Float, Int
from podium_ml.contracts import BranchSpec, Feature, FeatureSchema, Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.search import Search

TASKS = ("binary", "multiclass", "regression")
SCHEMA = FeatureSchema(
    features=(
        Feature("size", "numeric", "size", "as it is"),
        Feature("noise", "numeric", "noise", "as it is"),
        Feature("colour", "categorical", "colour", "as it is"),
    )
)


def make_table(task: str, *, rows: int = 200, seed: int = 0, weighted: bool = False) -> FeatureTable:
    """Return rows whose target depends strongly on the size and weakly on the colour."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "size": rng.normal(size=rows),
            "noise": rng.normal(size=rows),
            "colour": pd.Categorical(rng.choice(["red", "green", "blue"], rows)),
        }
    )
    signal = X["size"].to_numpy() + 0.7 * (X["colour"] == "red").to_numpy()
    X.loc[rng.choice(rows, rows // 12, replace=False), "noise"] = np.nan
    signal = signal + rng.normal(scale=0.4, size=rows)
    y: np.ndarray = 100 + 20 * signal
    if task == "binary":
        y = (signal > 0.3).astype(np.int64)
    elif task == "multiclass":
        y = np.digitize(signal, [-0.4, 0.8]).astype(np.int64)
    return FeatureTable(X=X, y=y, schema=SCHEMA, weight=rng.uniform(0.5, 2.0, rows) if weighted else None)


def make_problem(task: str, **changes: Any) -> Problem:
    fields: dict[str, Any] = {
        "name": "shapes",
        "task": task,
        "target": "y",
        "metric": {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task],
        "columns": (),
        "classes": {"binary": ("no", "yes"), "multiclass": ("low", "middle", "top"), "regression": ()}[task],
        "fold_strategy": "shuffled" if task == "regression" else "stratified",
        "n_folds": 3,
        "n_train": 200,
    }
    return Problem(**fields | changes)


def make_spec(name: str = "decision_tree", **changes: Any) -> AlgorithmSpec:
    """Return a copy of a registered algorithm with changed fields."""
    spec = ALGORITHMS[name]
    return AlgorithmSpec(**{field: getattr(spec, field) for field in spec.__dataclass_fields__} | changes)


def tree_spec(fit: Any = None, **changes: Any) -> AlgorithmSpec:
    """Return an unregistered tree algorithm with a search space; ``fit`` replaces its fit function."""

    def build(problem: Problem, *, seed: int, n_jobs: int, max_depth: int = 3, ccp_alpha: float = 0.0) -> Any:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        model = DecisionTreeClassifier if problem.is_classification else DecisionTreeRegressor
        return model(max_depth=max_depth, ccp_alpha=ccp_alpha, random_state=seed)

    fields: dict[str, Any] = {
        "name": "own_tree",
        "title": "Own tree",
        "tasks": frozenset(TASKS),
        "build": build,
        "search_space": {"max_depth": Int(1, 8), "ccp_alpha": Float(0.0, 0.05)},
        "portfolio": [{}, {"max_depth": 5}],
        "fit": fit,
    }
    return AlgorithmSpec(**fields | changes)


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Search]:
    """Return a function that creates a search over the configurations of an algorithm."""

    def make(
        spec: AlgorithmSpec,
        *,
        table: FeatureTable | None = None,
        problem: Problem | None = None,
        deadline: Deadline | None = None,
        folder: str = "candidate",
        **limits: Any,
    ) -> Search:
        branch = BranchSpec(algorithm=spec.name, **limits)
        return Search(
            spec,
            table or make_table("binary"),
            problem=problem or make_problem("binary"),
            branch=branch,
            folder=CandidateFolder.create(tmp_path / folder, spec.name),
            deadline=deadline or Deadline(),
        )

    return make
