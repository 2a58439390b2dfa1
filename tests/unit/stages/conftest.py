"""Small trained runs of each task, from the raw table to the ensembles."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import BranchSpec, Column, Problem
from podium_ml.ensembling import ENSEMBLES
from podium_ml.files import pickles
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import ModelLimits, TabularSettings
from podium_ml.stages import build_ensemble, select_model, train_candidate
from podium_ml.tabular.features import Featurizer
from podium_ml.training.candidate_folder import mark_failed

# Fixtures from other test folders that the tests of the corresponding stages use.
from tests.unit.champions.conftest import folder_of, good, poor, selection_fixture
from tests.unit.evaluation.conftest import selected, selected_with_weights
from tests.unit.ingestion.conftest import ingest, web, write
from tests.unit.reporting.conftest import facts_of

__all__ = [
    "facts_of",
    "folder_of",
    "good",
    "ingest",
    "poor",
    "selected",
    "selected_with_weights",
    "selection_fixture",
    "web",
    "write",
]
ALGORITHMS = {
    "binary": ("baseline", "logistic_regression", "decision_tree"),
    "multiclass": ("baseline", "logistic_regression", "decision_tree"),
    "regression": ("baseline", "linear_regression", "decision_tree"),
}
METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def make_rows(task: str, *, rows: int, seed: int = 0) -> pd.DataFrame:
    """Return rows whose target depends strongly on the amount and weakly on the purpose."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "amount": rng.normal(size=rows),
            "noise": rng.normal(size=rows),
            "purpose": rng.choice(list("abc"), rows),
        }
    )
    signal = table["amount"] + (table["purpose"] == "a") + rng.normal(scale=0.6, size=rows)
    if task == "regression":
        table["target"] = 50 + 10 * signal
    elif task == "binary":
        table["target"] = np.where(signal > 1.2, "yes", "no")
    else:
        table["target"] = np.digitize(signal, [0.0, 1.0])
    return table


@dataclass(frozen=True)
class TrainedRun:
    """The artifacts of a trained run, as stages pass them on."""

    folder: Path
    task: str

    @property
    def problem(self) -> Problem:
        return Problem.load(self.folder / "problem.json")

    def paths(self, *names: str) -> dict[str, Any]:
        """Return the named path arguments of a stage."""
        known: dict[str, Any] = {
            "features": str(self.folder / "features"),
            "problem": str(self.folder / "problem.json"),
            "featurizer": str(self.folder / "featurizer.pkl"),
            "train": str(self.folder / "train.parquet"),
            "test": str(self.folder / "test.parquet"),
            "candidates": [str(path) for path in sorted((self.folder / "candidates").iterdir())],
        }
        return {name: known[name] for name in names}

    @property
    def ensembles(self) -> Path:
        """The folder of the ensembles."""
        return self.folder / "model" / ENSEMBLES

    def select(self, model: Path, **asked: Any) -> dict[str, Any]:
        """Select a model, after copying this run's ensembles to the model folder if it contains none."""
        if not (model / ENSEMBLES).exists():
            shutil.copytree(self.ensembles, model / ENSEMBLES)
        paths = self.paths("features", "problem", "featurizer", "train", "candidates")
        return select_model.run(**paths, limits=limits(**asked), model=str(model))

    def build(self, model: Path, **options: Any) -> dict[str, Any]:
        paths = self.paths("features", "problem", "candidates")
        return build_ensemble.run(**paths, limits=limits(), model=str(model), **options)


def limits(**asked: Any) -> dict[str, Any]:
    """Return model limits in the form that stages receive."""
    return TabularSettings(**asked).cut(ModelLimits)


def train_run(folder: Path, task: str, **changes: Any) -> TrainedRun:
    """Run the stages that precede model selection on a few rows."""
    run = TrainedRun(folder, task)
    (folder / "candidates").mkdir(parents=True)
    train, test = make_rows(task, rows=150), make_rows(task, rows=40, seed=1)
    fields: dict[str, Any] = {
        "metric": METRICS[task],
        "fold_strategy": "shuffled" if task == "regression" else "stratified",
        "n_folds": 3,
    }
    classes = () if task == "regression" else tuple(sorted(train["target"].unique().tolist()))
    problem = Problem(
        name="loans",
        task=task,  # type: ignore[arg-type]
        target="target",
        columns=(
            Column("amount", "numeric", "double"),
            Column("noise", "numeric", "double"),
            Column("purpose", "categorical", "string"),
            Column("target", "target", "string"),
        ),
        classes=classes,
        n_train=len(train),
        n_test=len(test),
        **fields | changes,
    )
    problem.save(folder / "problem.json")
    train.to_parquet(folder / "train.parquet")
    test.to_parquet(folder / "test.parquet")
    featurizer = Featurizer.plan(problem, train)
    pickles.dump(featurizer, folder / "featurizer.pkl", kind="featurizer")
    build_feature_table(featurizer, train, problem).save(folder / "features")
    for name in ALGORITHMS[task]:
        branch = BranchSpec(algorithm=name, max_trials=2)
        train_candidate.run(
            **run.paths("features", "problem"),
            branch=branch.to_dict(),
            candidate=str(folder / "candidates" / name),
        )
    mark_failed(folder / "candidates" / "lightgbm", "lightgbm", "Killed.")
    run.build(folder / "model")
    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., TrainedRun]:
    """Return a function that trains a run for a task and caches it."""
    known: dict[str, TrainedRun] = {}

    def make(task: str, **changes: Any) -> TrainedRun:
        key = repr((task, changes))
        if key not in known:
            known[key] = train_run(tmp_path_factory.mktemp("run") / "artifacts", task, **changes)
        return known[key]

    return make


@pytest.fixture
def with_metric(tmp_path: Path) -> Callable[[TrainedRun, str], TrainedRun]:
    """Return a function that copies a run and replaces the metric that selection uses."""

    def change(run: TrainedRun, metric: str) -> TrainedRun:
        folder = tmp_path / f"by_{metric}"
        folder.mkdir()
        for path in run.folder.iterdir():
            if path.name != "problem.json":
                (folder / path.name).symlink_to(path)
        replace(run.problem, metric=metric).save(folder / "problem.json")
        return TrainedRun(folder, run.task)

    return change
