"""Tests that a logged model can be served where Podium is not installed."""

import subprocess
import sys
from pathlib import Path

import mlflow
import pytest

import podium_ml
from podium_ml.tracking._model import log_model

_SERVE = """
import sys, mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
import podium_ml
print(podium_ml.__file__)
model.predict(pd.read_parquet(sys.argv[2])).to_parquet(sys.argv[3])
"""


@pytest.fixture
def logged(good, tmp_path, monkeypatch):
    """Log a trained model, and return the folder of the logged model."""
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    experiment = mlflow.create_experiment("churn", artifact_location=(tmp_path / "artifacts").as_uri())
    good.predictor.requirements = ["podium-automl==0.1.0", "numpy==2.0.0"]
    good.predictor.save(tmp_path / "model.pkl")
    example = good.test[[column.name for column in good.problem.features]].head(5)
    with mlflow.start_run(experiment_id=experiment):
        log_model(tmp_path, problem=good.problem, example=example, registered_name="churn")
    return Path(mlflow.artifacts.download_artifacts("models:/churn/1", dst_path=str(tmp_path / "got")))


def test_logged_model_brings_its_code(logged, good, tmp_path):
    requirements = (logged / "requirements.txt").read_text()
    assert "numpy==2.0.0" in requirements
    assert "podium" not in requirements
    rows = good.test.drop(columns="churn").reset_index(drop=True)
    rows.loc[3] = None
    rows.to_parquet(tmp_path / "rows.parquet")
    words = [
        sys.executable,
        "-c",
        _SERVE,
        str(logged),
        str(tmp_path / "rows.parquet"),
        str(tmp_path / "out.parquet"),
    ]
    root = Path(podium_ml.__file__).parents[2]
    environment = {"PATH": "", "HOME": str(tmp_path), "PODIUM_MODEL_MODULES": "tests"}
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(logged)
    assert (tmp_path / "out.parquet").exists()
