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
