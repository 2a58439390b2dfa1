"""Fixtures for the champion tests: small trained models and champion folders."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.champions.folder import MODEL, SEEN_ROWS, ChampionFolder
from podium_ml.champions.seen_rows import hash_rows
from podium_ml.contracts import Champion, ModelChoice, Problem, Selection
from podium_ml.settings import TabularSettings
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.predictor import Predictor
from podium_ml.tabular.validation.infer_problem import infer_problem
from tests.pipelines.tables import binary_table
from tests.unit.champions.linear import Linear


@dataclass
class Trained:
    """A trained model with its problem, training rows and test rows."""

    problem: Problem
    predictor: Predictor
    train: pd.DataFrame
    test: pd.DataFrame


def train(table: pd.DataFrame, *, noise: float = 0.0, **settings: Any) -> Trained:
    inferred = infer_problem(table, TabularSettings(target="churn", **settings))
    problem, rows = inferred.problem, inferred.train
    featurizer = Featurizer.plan(problem, rows)
    y = (rows["churn"] == problem.classes[1]).to_numpy(dtype=int)
    model = Linear(noise).fit(featurizer.transform(rows[[c.name for c in problem.features]]), y)
    return Trained(problem, Predictor(problem, featurizer, model, name="linear"), rows, inferred.test)


def promote(trained: Trained, path: Path, **changes: Any) -> ChampionFolder:
    """Write the trained model to a champion folder."""
    folder = ChampionFolder(path)
    folder.write_champion(Champion("churn", "7", "run", replace(trained.problem, **changes)))
    trained.predictor.save(path / MODEL)
    np.save(path / SEEN_ROWS, np.unique(hash_rows(trained.train, trained.problem)))
    return folder


@pytest.fixture(scope="session")
def good() -> Trained:
    """Return an accurate model with many test rows."""
    return train(binary_table(1200, seed=1), test_fraction=0.4)


@pytest.fixture(scope="session")
def poor() -> Trained:
    """Return an inaccurate model, trained on noisy features."""
    return train(binary_table(400, seed=2), noise=4.0)


@pytest.fixture
def folder_of(tmp_path: Path) -> Callable[..., ChampionFolder]:
    """Return a function that writes a trained model to a champion folder."""
    return lambda trained, **changes: promote(trained, tmp_path / "champion", **changes)


def selection(**limits: Any) -> Selection:
    return Selection(
        "linear", "", (ModelChoice("linear", 0.9, predict_milliseconds=4.0, size_bytes=2**20, **limits),)
    )


@pytest.fixture(name="selection")
def selection_fixture() -> Selection:
    """Return the model selection of a run."""
    return selection()
