"""Tests that a logged model can be served where Podium is not installed."""

import subprocess
import sys
from pathlib import Path

import mlflow
import pandas as pd
import pytest

import podium_ml
from podium_ml.tracking._model import log_model
from tests.unit.forecasting.fitted import fitted, weekly

_SERVE = """
import sys, mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
import podium_ml
print(podium_ml.__file__)
model.predict(pd.read_parquet(sys.argv[2])).to_parquet(sys.argv[3])
"""


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Return a function that logs a model, and returns the folder of the logged model."""
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    experiment = mlflow.create_experiment("any", artifact_location=(tmp_path / "artifacts").as_uri())

    def run(predictor, example):
        predictor.save(tmp_path / "model.pkl")
        with mlflow.start_run(experiment_id=experiment):
            log_model(tmp_path, problem=predictor.problem, example=example, registered_name="any")
        return Path(mlflow.artifacts.download_artifacts("models:/any/1", dst_path=str(tmp_path / "got")))

    return run


def serve(logged, rows, folder):
    """Predict rows in a process that has nothing but the logged model; return what it printed, and predictions."""
    rows.to_parquet(folder / "rows.parquet")
    paths = (folder / "rows.parquet", folder / "out.parquet")
    words = [sys.executable, "-c", _SERVE, *map(str, (logged, *paths))]
    root = Path(podium_ml.__file__).parents[2]
    environment = {"PATH": "", "HOME": str(folder), "PODIUM_MODEL_MODULES": "tests"}
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), pd.read_parquet(paths[1])


def test_logged_model_brings_its_code(log, good, tmp_path):
    good.predictor.requirements = ["podium-automl==0.1.0", "numpy==2.0.0"]
    example = good.test[[column.name for column in good.problem.features]].head(5)
    logged = log(good.predictor, example)
    requirements = (logged / "requirements.txt").read_text()
    assert "numpy==2.0.0" in requirements
    assert "podium" not in requirements
    rows = good.test.drop(columns="churn").reset_index(drop=True)
    rows.loc[3] = None
    printed, predicted = serve(logged, rows, tmp_path)
    assert Path(printed).is_relative_to(logged)
    assert len(predicted) == len(rows)


def test_logged_forecaster_goes_on_from_rows_that_have_a_target(log, tmp_path):
    table = weekly().assign(price=lambda rows: rows["sales"].round(-1))
    forecaster = fitted(table, algorithms=["ridge_reduction"], known="price")
    example = forecaster.example_rows(3)
    assert example["day"].tolist() == pd.date_range("2024-03-11", periods=3).tolist()
    rows = weekly(days=14, start="2024-03-11").assign(price=50.0)
    rows["sales"] = rows["sales"].where(rows["day"] < "2024-03-20")
    _, predicted = serve(log(forecaster, example), rows, tmp_path)
    pd.testing.assert_frame_equal(predicted, forecaster.prediction_table(rows, proba=True))
    assert predicted["prediction"].notna().sum() == 10
