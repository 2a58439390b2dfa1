"""Tests of where the outputs of a run are looked for."""

import json

import pytest

from podium.servers.connections import Connections
from podium.servers.deliveries import Deliveries
from podium.servers.errors import ServerError
from podium.servers.kubeflow import Kubeflow
from podium_ml.contracts import Candidate
from tests.unit.podium.conftest import RUN


@pytest.fixture
def delivered(s3):
    """Write what a run delivers to a place that its namespace names."""
    s3.create_bucket(Bucket="lake")
    key = f"team/podium-tabular/{RUN}/publish-run/1/delivery/metrics.json"
    s3.put_object(Bucket="lake", Key=key, Body=b"{}")


def deliveries():
    connections = Connections()
    kubeflow = Kubeflow(connections)
    return Deliveries(connections, kubeflow.run(RUN), workflow=kubeflow.workflow)


def test_run_itself_names_its_place(cluster, delivered, tmp_path, monkeypatch):
    monkeypatch.setenv("PODIUM_PIPELINE_ROOT", "minio://elsewhere/x")
    cluster.runs[RUN]["runtime_config"] = {"pipeline_root": "minio://lake/team"}
    assert deliveries().fetch(tmp_path)
    assert (tmp_path / "metrics.json").exists()


def test_place_that_nobody_named_is_that_of_its_outputs_and_not_of_the_shell(
    cluster, delivered, s3, tmp_path, monkeypatch
):
    monkeypatch.setenv("PODIUM_PIPELINE_ROOT", "minio://shell/x")
    s3.create_bucket(Bucket="shell")
    early = deliveries()  # the run has not written anything yet
    with pytest.raises(ServerError, match="has no outputs in s3://shell/x"):
        early.fetch(tmp_path)
    uri = f"minio://lake/team/podium-tabular/{RUN}/publish-run/1/delivery"
    patch = json.dumps({"containers": [{"args": [json.dumps({"uri": uri})]}]})
    parameters = [{"name": "pod-spec-patch", "value": patch}]
    node = {"id": "a", "name": "a", "type": "Pod", "phase": "Running", "inputs": {"parameters": parameters}}
    cluster.workflows[RUN] = {"status": {"nodes": {"a": node}}}
    assert early.fetch(tmp_path)
    assert deliveries().fetch(tmp_path)


def test_note_of_a_failure_is_no_output(cluster, delivered, s3):
    """It lies in the folder of validation, but a later task or run wrote it."""
    key = f"team/podium-tabular/{RUN}/validate-data/1/validation/failures/lightgbm-0"
    s3.put_object(Bucket="lake", Key=key, Body=b"Killed.")
    cluster.runs[RUN]["runtime_config"] = {"pipeline_root": "minio://lake/team"}
    assert set(deliveries().finished()) == {"publish-run"}


def test_candidates_of_all_tasks_of_a_branch_are_found(cluster, outputs):
    """A branch that was tried again has no candidate of the first task; each log belongs to its own task."""
    for task, algorithm in (
        ("train-candidate", "ridge"),
        ("train-again", "lda"),
        ("record-loss", "lightgbm"),
    ):
        outputs(task, "candidate/candidate.json", json.dumps(Candidate(algorithm, "ok").to_dict()))
        outputs(task, "executor-logs-0", f'{{"algorithm": "{algorithm}"}}')
    found = deliveries()
    assert [one.algorithm for one in found.candidates()] == ["ridge", "lda", "lightgbm"]
    assert not list(found.candidates())
    assert sorted(log.part for log in found.logs()) == ["lda", "lightgbm", "ridge"]


def test_results_of_the_run_that_is_repeated(cluster, s3, tmp_path):
    earlier = "0c0f6a4e-3f2b-4d8e-9a52-6c1f1f0e7c11"
    s3.create_bucket(Bucket="lake")
    folder = "team/podium-tabular"
    for key, content in (
        (f"{RUN}/resolve-inputs/1/repeated", f"Data, settings and champion are those of run {earlier}."),
        (f"{earlier}/publish-run/1/delivery/metrics.json", '{"of": "the earlier run"}'),
    ):
        s3.put_object(Bucket="lake", Key=f"{folder}/{key}", Body=content.encode())
    cluster.runs[RUN]["runtime_config"] = {"pipeline_root": "minio://lake/team"}
    ours = deliveries()
    assert not ours.fetch(tmp_path)
    theirs = ours.repeated()
    assert theirs.run_id == earlier
    assert theirs.fetch(tmp_path)
    assert "earlier" in (tmp_path / "metrics.json").read_text()
    assert not ours.fetch(tmp_path)


def test_run_that_repeats_none(cluster, delivered, s3):
    cluster.runs[RUN]["runtime_config"] = {"pipeline_root": "minio://lake/team"}
    assert deliveries().repeated() is None
    s3.put_object(
        Bucket="lake",
        Key=f"team/podium-tabular/{RUN}/resolve-inputs/1/repeated",
        Body=b"No earlier run has the same results.",
    )
    assert deliveries().repeated() is None
