"""Tests that files written by version 0.1.0, before its modules moved, can still be read."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium.run_folder import RunFolder
from podium_ml.champions.folder import ChampionFolder
from podium_ml.contracts import Problem, Selection
from podium_ml.tabular.predictor import Predictor

WRITTEN = Path(__file__).parents[1] / "data" / "version_0_1_0"


@pytest.mark.parametrize("name", ["churn", "spend"])
def test_predictions_of_an_earlier_model_are_unchanged(name: str) -> None:
    model = Predictor.load(WRITTEN / name / "model.pkl")
    rows, expected = (
        pd.read_parquet(WRITTEN / "rows.parquet"),
        pd.read_parquet(WRITTEN / name / "expected.parquet"),
    )
    predicted = model.predict(rows)
    if name == "spend":
        np.testing.assert_allclose(predicted, expected["prediction"], rtol=1e-9)
        return
    assert list(predicted) == list(expected["prediction"])
    probabilities = expected[[f"probability_{label}" for label in model.classes_]].to_numpy()
    np.testing.assert_allclose(model.predict_proba(rows), probabilities, rtol=1e-9)


def test_earlier_run_folder_can_be_opened() -> None:
    folder = RunFolder.open(WRITTEN / "churn")
    assert folder.state.status == "succeeded"
    assert folder.settings.target == "churn"
    assert Problem.load(WRITTEN / "churn" / "problem.json").classes == ("gone", "stays")
    assert Selection.load(WRITTEN / "churn" / "selection.json").chosen == "lightgbm"


def test_earlier_champion_folder_can_be_read(tmp_path: Path) -> None:
    shutil.copytree(WRITTEN / "champion", tmp_path / "champion")
    shutil.copy(WRITTEN / "churn" / "model.pkl", tmp_path / "champion" / "model.pkl")
    folder = ChampionFolder(tmp_path / "champion")
    assert folder.champion is not None
    assert folder.champion.reference == "churn/1"
    assert folder.champion.problem.task == "binary"
