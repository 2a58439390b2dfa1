"""Tests of the compiled pipeline in the real image, with one container per task in KFP's Docker runner."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from kfp import compiler

import podium
from podium.packages import load_pipeline, name_image, pipeline_arguments
from podium_ml.settings import TabularSettings
from tests.images.conftest import STRICT
from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.docker
QUICK = {"algorithms": "logistic_regression,lightgbm", "max_trials": 2, "seed": 3}
# KFP's local runner changes global state, so it runs in a separate process.
RUN = """
import json, sys
from kfp import components, local
given = json.load(sys.stdin)
local.init(runner=local.DockerRunner(**given["container"]), pipeline_root=given["root"], enable_caching=False)
components.load_component_from_file(given["package"])(**given["parameters"])
"""


def local_package(folder, images):
    """Compile the pipeline for KFP's local runner, which knows no tasks that run after failures."""
    path = folder / "tabular.yaml"
    compiler.Compiler().compile(load_pipeline("tabular", images=images), str(path))
    name_image(path, images["python-cpu"])
    return path


@pytest.mark.timeout(1800)
def test_leaderboard_of_containers_matches_local_engine(names, docker_client, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    source = root / "churn.csv"
    binary_table(400).to_csv(source, index=False)
    package = local_package(tmp_path, names)
    settings = TabularSettings(source=str(source), target="churn", **QUICK)
    tracking = {"folder": str(root / "tracking"), "run_name": "churn"}
    (root / "tracking").mkdir()
    for folder in (root, root / "tracking"):
        folder.chmod(0o777)
    given = {
        "container": STRICT,
        "root": str(root),
        "package": str(package),
        "parameters": pipeline_arguments(settings, tracking=tracking),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]

    delivery = next(root.rglob("delivery"))
    local = podium.run(source, "churn", out=tmp_path / "local", **QUICK).wait()
    columns = ["model", "chosen", "roc_auc_oof", "roc_auc_test"]
    in_containers = pd.read_csv(delivery / "leaderboard.csv")[columns]
    pd.testing.assert_frame_equal(in_containers, local.leaderboard[columns], rtol=1e-6)
