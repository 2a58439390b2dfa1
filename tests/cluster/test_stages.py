"""Tests of each task as a pod under Pod Security ``restricted``, with the object store as the only connection."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import podium
from podium.images import image_names
from podium.packages import pipeline_arguments
from podium_ml.object_store import Bucket, ObjectStore
from podium_ml.settings import TabularSettings
from tests.images.test_image_pipeline import local_package
from tests.pipelines.tables import binary_table

from .conftest import RUNS, Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1500)]
BUCKET = "mlpipeline"
SOURCE = "lake/churn.csv"
QUICK = {
    "algorithms": "logistic_regression,decision_tree",
    "max_trials": 1,
    "seed": 3,
    "name": "cluster-stages",
}
REGISTERED = """
import mlflow
client = mlflow.MlflowClient("http://mlflow.podium.svc:5000")
print("CHAMPION", client.get_model_version_by_alias("cluster-stages", "champion").version)
"""


@pytest.fixture(scope="module")
def store(ready: Cluster, overlay: Path) -> Iterator[Bucket]:
    """Return the bucket of the runs, and set the environment variables that other processes need."""
    lines = (overlay.parents[2] / "manifests/overlays/kind/runner/credentials.env").read_text().splitlines()
    with ready.tunnel("podium", "minio", 9000) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", address)
        for line in lines:
            patch.setenv(*line.split("=", 1))
        yield Bucket(ObjectStore.from_environment("s3"), BUCKET)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    images = image_names(os.environ.get("REGISTRY", ""), os.environ.get("TAG", ""))
    return local_package(tmp_path_factory.mktemp("package"), images)


@pytest.fixture(scope="module")
def finished(
    ready: Cluster, store: Any, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """Return the functions of the tasks that succeeded, one for each pod."""
    folder = tmp_path_factory.mktemp("stages")
    binary_table(400).to_csv(folder / "churn.csv", index=False)
    store.upload(folder / "churn.csv", SOURCE)
    settings = TabularSettings(source=f"s3://{BUCKET}/{SOURCE}", target="churn", **QUICK)
    given = {
        "bucket": BUCKET,
        "namespace": RUNS,
        # This path is the same in all pods. On this machine it only contains the tasks' parameters.
        "root": str(folder / "root"),
        "package": str(package),
        "parameters": pipeline_arguments(settings),
    }
    command = [sys.executable, "-m", "tests.cluster.pod_runner"]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-9000:]
    return [line.split()[1] for line in done.stdout.splitlines() if line.lstrip().startswith("RAN ")]


@pytest.fixture(scope="module")
def delivery(finished: list[str], store: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the files that the last task wrote to the object store."""
    folder = tmp_path_factory.mktemp("delivery")
    for found in store.listing():
        if "/delivery/" in found.key:
            path = folder / found.key.partition("/delivery/")[2]
            path.parent.mkdir(parents=True, exist_ok=True)
            store.download(found, path)
    return folder


def test_every_component_of_the_package_ran(package: Path, finished: list[str]) -> None:
    spec = next(yaml.safe_load_all(package.read_text()))
    executors = {name.removeprefix("exec-").replace("-", "_") for name in spec["deploymentSpec"]["executors"]}
    assert set(finished) == executors
    assert finished.count("train_candidate") == 3  # including the baseline


def test_leaderboard_matches_local_engine(delivery: Path, tmp_path: Path) -> None:
    binary_table(400).to_csv(tmp_path / "churn.csv", index=False)
    local = podium.run(tmp_path / "churn.csv", "churn", out=tmp_path / "runs" / "local", **QUICK).wait()
    columns = ["model", "chosen", "roc_auc_oof", "roc_auc_test"]
    in_pods = pd.read_csv(delivery / "leaderboard.csv")[columns]
    pd.testing.assert_frame_equal(in_pods, local.leaderboard[columns], rtol=1e-6)


def test_model_is_delivered_through_the_store(delivery: Path) -> None:
    rows = binary_table(400).drop(columns="churn")
    assert len(podium.Predictor.load(delivery / "model.pkl").predict(rows)) == 400
    assert "<h1" in (delivery / "report.html").read_text()


def test_model_is_registered_as_champion(ready: Cluster, finished: list[str]) -> None:
    assert "CHAMPION 1" in ready.python(REGISTERED)
