"""Tests of how the artifacts of a run on a cluster come to this machine, and attacks by notes of others."""

import json

import pytest

from podium.engines.kubeflow import KubeflowEngine
from podium.run_artifacts import model_artifacts
from podium_ml.errors import PodiumError
from tests.unit.podium.conftest import RUN

EARLIER = "0c0f6a4e-3f2b-4d8e-9a52-6c1f1f0e7c11"
ROOT = "minio://mlpipeline/v2/artifacts/podium-tabular"
# What a run was given: its validation and one branch are from the cache, which is an earlier run's folder.
GIVEN = {
    "train": f"{ROOT}/{EARLIER}/validate-data/5/train",
    "problem": f"{ROOT}/{EARLIER}/validate-data/5/problem",
    "features": f"{ROOT}/{RUN}/featurize-data/2/features",
    "featurizer": f"{ROOT}/{RUN}/featurize-data/2/featurizer",
    "candidates": [
        f"{ROOT}/{RUN}/train-again/3/candidate",
        f"{ROOT}/{EARLIER}/train-candidate/8/candidate?region=x",
    ],
}
PUBLISHED = {
    "model": f"{ROOT}/{RUN}/select-model/4/model",
    "validation": f"{ROOT}/{EARLIER}/validate-data/5/validation",
    "evaluation": f"{ROOT}/{RUN}/evaluate-models/6/evaluation",
}


@pytest.fixture
def engine(folder, cluster, outputs):
    """Return a function that writes the outputs of a run, with some notes, and returns its engine."""
    cluster.runs[RUN]["state"] = "SUCCEEDED"
    cluster.runs[EARLIER] = {"run_id": EARLIER, "state": "SUCCEEDED"}

    def make(given=GIVEN, published=PUBLISHED):
        outputs("publish-run", "delivery/metrics.json", "{}")
        outputs("publish-run", "delivery/sources.json", json.dumps(published))
        outputs("select-model", "model/sources.json", json.dumps(given), attempt="4")
        outputs("select-model", "model/ensembles/x.json", "{}", attempt="4")
        for task, name, attempt, run in (
            ("validate-data", "train", "5", EARLIER),
            ("validate-data", "test", "5", EARLIER),
            ("validate-data", "problem", "5", EARLIER),
            ("validate-data", "validation/profile.json", "5", EARLIER),
            ("featurize-data", "features/table.parquet", "2", RUN),
            ("featurize-data", "featurizer", "2", RUN),
            ("evaluate-models", "evaluation/decision.json", "6", RUN),
            ("train-again", "candidate/candidate.json", "3", RUN),
            ("train-candidate", "candidate/candidate.json", "8", EARLIER),
        ):
            outputs(task, name, f"{name} of {run}", attempt=attempt, run=run)
        return KubeflowEngine(folder)

    return make


def test_artifacts_of_cached_tasks_are_found_in_the_folders_of_earlier_runs(engine, folder):
    made = engine()
    assert made.refresh().status == "succeeded"
    profile = folder.artifacts / "fetched" / "validate-data" / "validation" / "profile.json"
    assert profile.read_text() == f"validation/profile.json of {EARLIER}"
    made.fetch()
    found = model_artifacts(folder)
    assert found["train"].read_text() == f"train of {EARLIER}"
    assert found["train"].with_name("test").read_text() == f"test of {EARLIER}"
    assert (found["features"] / "table.parquet").read_text() == f"features/table.parquet of {RUN}"
    assert (found["model"] / "ensembles" / "x.json").exists()
    owners = [(one / "candidate.json").read_text().split()[-1] for one in found["candidates"]]
    assert sorted(owners) == sorted([RUN, EARLIER])


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("train", f"minio://others/v2/artifacts/podium-tabular/{RUN}/validate-data/5/train"),
        ("train", f"{ROOT}/{RUN}/select-model/4/train"),
        ("train", f"{ROOT}/{RUN}/validate-data/5/test"),
        ("train", f"{ROOT}/{RUN}/validate-data/../train"),
        ("train", f"{ROOT}/../../secrets/{RUN}/validate-data/5/train"),
        ("problem", "/etc/passwd"),
        ("problem", "file:///etc/passwd"),
        ("featurizer", None),
        ("candidates", [{"path": "/etc/passwd"}]),
        ("features", f"{ROOT}/everything/featurize-data/2/features"),
    ],
)
def test_notes_that_name_something_else_are_refused(engine, folder, name, address):
    with pytest.raises(PodiumError, match=r"which is not below|is no run"):
        engine({**GIVEN, name: address}).fetch()
    assert "passwd" not in str(list(folder.artifacts.rglob("*")))


def test_run_that_the_user_may_not_see_is_refused(engine, cluster):
    made = engine()
    del cluster.runs[EARLIER]
    with pytest.raises(PodiumError, match=f"There is no run {EARLIER}"):
        made.fetch()


def test_run_of_an_earlier_version_says_what_to_do(engine, s3):
    made = engine()
    key = f"v2/artifacts/podium-tabular/{RUN}/publish-run/1/delivery/sources.json"
    s3.delete_object(Bucket="mlpipeline", Key=key)
    with pytest.raises(PodiumError, match="Train again"):
        made.fetch()


def test_run_that_is_going_on_has_no_models(engine, cluster):
    made = engine()
    cluster.runs[RUN]["state"] = "RUNNING"
    with pytest.raises(PodiumError, match="the run is running"):
        made.fetch()
