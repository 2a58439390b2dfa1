"""Tests of a saved model in an environment with only the library and the model's requirements."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import podium
from podium_ml.files import pickles
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SERVE = """
import importlib.util, json, sys
import pandas as pd
from podium_ml import Predictor
model = Predictor.load("model.pkl")
rows = pd.read_csv("rows.csv")
absent = [name for name in ("kfp", "kubernetes", "mlflow", "optuna", "typer") if importlib.util.find_spec(name) is None]
print(json.dumps({"absent": absent, "probabilities": model.predict_proba(rows).tolist()}))
"""


def test_model_predicts_the_same_without_kubeflow(tmp_path):
    finished = podium.run(
        binary_table(300), "churn", algorithms="lightgbm", max_trials=1, out=tmp_path / "run"
    ).wait()
    home = tmp_path / "elsewhere"
    home.mkdir()
    shutil.copy(finished.path / "model.pkl", home)
    shutil.copytree(
        ROOT / "components" / "podium_ml", home / "podium_ml", ignore=shutil.ignore_patterns("__pycache__")
    )
    rows = binary_table(20, seed=3).drop(columns="churn")
    rows.to_csv(home / "rows.csv", index=False)
    rows = pd.read_csv(home / "rows.csv")
    needed = pickles.read_metadata(home / "model.pkl")["requirements"]
    python = make_environment(home / "venv", [one for one in needed if not one.startswith("podium")])
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", SERVE], cwd=home, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer["absent"]) == {"kfp", "kubernetes", "mlflow", "optuna", "typer"}
    np.testing.assert_array_equal(answer["probabilities"], finished.predictor.predict_proba(rows))


def make_environment(folder, requirements):
    """Create a virtual environment with some packages, and return its Python."""
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    install = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--system-certs",
        "-c",
        ROOT / "requirements" / "podium.txt",
        *requirements,
    ]
    subprocess.run(install, check=True, env={**os.environ, "VIRTUAL_ENV": str(folder)})
    return folder / "bin" / "python"
