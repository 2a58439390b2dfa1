"""Fixtures for the evaluation tests: one small completed training per task, with test rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import BranchSpec, Column, Problem
from podium_ml.files import pickles
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import ModelLimits, TabularSettings
from podium_ml.stages import build_ensemble, select_model, train_candidate
from podium_ml.tabular.features import Featurizer

METRIC = {"binary": "f1", "multiclass": "log_loss", "regression": "rmse"}
CLASSES: dict[str, tuple[Any, ...]] = {"binary": ("no", "yes"), "multiclass": (1, 2, 3), "regression": ()}
ALGORITHMS = ("baseline", "decision_tree", "ridge", "logistic_regression", "lightgbm")


def make_rows(task: str, *, rows: int, seed: int) -> pd.DataFrame:
    """Return rows whose target depends strongly on the size and weakly on the colour."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "size": random.normal(size=rows),
            "colour": random.choice(["red", "green", "blue"], rows),
            "importance": random.uniform(0.5, 2.0, rows),
        }
    )
    signal = table["size"] + 0.7 * (table["colour"] == "red") + random.normal(scale=0.4, size=rows)
    if task == "binary":
        table["y"] = np.where(signal > 1.0, "yes", "no")
    elif task == "multiclass":
        table["y"] = np.digitize(signal, [-0.4, 0.8]) + 1
    else:
        table["y"] = 100 + 20 * signal
    return table


def make_problem(task: str, *, weighted: bool = False) -> Problem:
    return Problem(
        name="shapes",
        task=task,  # type: ignore[arg-type]
        target="y",
        metric=METRIC[task],
        columns=(
            Column("size", "numeric", "double"),
            Column("colour", "categorical", "string"),
            Column("importance", "weight", "double", is_feature=False),
            Column("y", "target", "string", is_feature=False),
        ),
        classes=CLASSES[task],
        positive_label="yes" if task == "binary" else None,
        weight_column="importance" if weighted else None,
        fold_strategy="shuffled" if task == "regression" else "stratified",
        n_folds=3,
    )


@dataclass(frozen=True)
class Trained:
    """The inputs of the evaluation stage."""

    folder: Path
    problem: Problem

    def arguments(self, evaluation: Path, **changes: Any) -> dict[str, Any]:
        given = {
            "test": self.folder / "test.parquet",
            "features": self.folder / "features",
            "problem": self.folder / "problem.json",
            "featurizer": self.folder / "featurizer.pkl",
            "model": self.folder / "model",
            "evaluation": evaluation,
        }
        return {
            **{name: str(path) for name, path in given.items()},
            "candidates": [str(path) for path in sorted((self.folder / "candidates").iterdir())],
            **changes,
        }


def train(folder: Path, task: str, *, weighted: bool = False) -> Trained:
    """Train a few algorithms, record one failure, and select a model."""
    problem = make_problem(task, weighted=weighted)
    rows = make_rows(task, rows=240, seed=0)
    featurizer = Featurizer.plan(problem, rows)
    build_feature_table(featurizer, rows, problem).save(folder / "features")
    pickles.dump(featurizer, folder / "featurizer.pkl", kind="featurizer")
    problem.save(folder / "problem.json")
    rows.to_parquet(folder / "train.parquet")
    make_rows(task, rows=120, seed=1).to_parquet(folder / "test.parquet")
    selected = Trained(folder, problem)
    shared = {"features": str(folder / "features"), "problem": str(folder / "problem.json")}
    for name in ALGORITHMS:
        branch = BranchSpec(algorithm=name, max_trials=1).to_dict()
        train_candidate.run(**shared, branch=branch, candidate=str(folder / "candidates" / name))
    broken = folder / "candidates" / "z_broken"
    train_candidate.record_failure(path=str(broken), algorithm="xgboost", reason="Killed: out of memory.")
    candidates = selected.arguments(folder)["candidates"]
    limits = TabularSettings().cut(ModelLimits)
    build_ensemble.run(**shared, candidates=candidates, limits=limits, model=str(folder / "model"))
    select_model.run(
        **shared,
        train=str(folder / "train.parquet"),
        featurizer=str(folder / "featurizer.pkl"),
        candidates=candidates,
        limits=limits,
        model=str(folder / "model"),
    )
    return selected


@pytest.fixture(scope="session", params=["binary", "multiclass", "regression"])
def selected(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="session")
def selected_with_weights(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("weighted"), "binary", weighted=True)
