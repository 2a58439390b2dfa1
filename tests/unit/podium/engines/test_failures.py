"""Tests of why a run on a server failed: what its stages, its pods and Argo's record say."""

import base64
import gzip
import json

import pytest

from podium.api import open_run
from podium.engines.failures import describe_failure, states_of
from podium.main import main
from podium.servers.connections import Connections
from podium.servers.deliveries import Deliveries
from podium.servers.kubeflow import Kubeflow
from podium_ml.errors import DataError
from tests.unit.podium.conftest import RUN, ended, pod


def failure(cluster):
    connections = Connections()
    kubeflow = Kubeflow(connections)
    deliveries = Deliveries(connections, kubeflow.run(RUN))
    return describe_failure(kubeflow, connections, deliveries, RUN)


def node(task, phase, message="", *, algorithm="", attempt=0, second=0):
    """Return a pod in Argo's record."""
    branch = json.dumps(json.dumps({"branch": {"list": [{}], "algorithm": algorithm}}))
    return {
        "id": f"node-{algorithm or task}-{attempt}",
        "name": f"run-x(0).root(0).{task}({attempt})" + ("" if "driver" in task else f".executor({attempt})"),
        "type": "Pod",
        "phase": phase,
        "message": message,
        "startedAt": f"2026-01-01T00:0{attempt}:00Z",
        "finishedAt": f"2026-01-01T00:0{attempt}:{second:02}Z",
        "inputs": {"parameters": [{"name": "pod-spec-patch", "value": branch}]},
    }


def record(*nodes, is_packed=False):
    by_id = {one["id"]: one for one in nodes}
    if not is_packed:
        return {"status": {"nodes": by_id}}
    return {
        "status": {"compressedNodes": base64.b64encode(gzip.compress(json.dumps(by_id).encode())).decode()}
    }


@pytest.mark.parametrize(
    ("container", "status", "expected", "kind"),
    [
        (ended(137, "OOMKilled"), {}, "out of memory (OOMKilled, exit code 137, limit 2Gi)", "memory"),
        (ended(137), {}, "killed by signal 9 (exit code 137)", "killed"),
        (ended(139), {}, "killed by signal 11 (exit code 139)", "bug"),
        (ended(1), {}, "failed (exit code 1): KFP driver: No key.", "bug"),
        (ended(128, "StartError", message="no sh"), {}, "failed (StartError, exit code 128): no sh", "bug"),
        (
            ended(0, "Completed"),
            {"reason": "Evicted", "message": "The node was low on resource: memory."},
            "evicted: The node was low on resource: memory",
            "killed",
        ),
    ],
)
def test_pod_that_died(cluster, s3, container, status, expected, kind):
    s3.create_bucket(Bucket="mlpipeline")
    cluster.logs = {
        "run-x-lightgbm": 'Begin.\nF0101 00:00:00.000000 16 a.go:2] KFP driver: No key.\n{\n  "inputs": {}\n}\n'
        'time=2026 level=INFO msg="sub-process exited"\nError: exit status 1\n'
    }
    cluster.pods = [
        pod("validate-data", "Succeeded", ended(0, "Completed"), age=90),
        pod("train-candidate", "Failed", container, algorithm="lightgbm", **status),
    ]
    found = failure(cluster)
    assert (str(found), found.kind) == (f"lightgbm: {expected.rstrip('.')}.", kind)


def test_container_beside_the_code_that_failed(cluster, s3):
    s3.create_bucket(Bucket="mlpipeline")
    cluster.pods = [pod("publish-run", "Failed", ended(0, "Completed"), ended(64, name="wait"))]
    assert str(failure(cluster)) == "publish_run: container wait failed (exit code 64)."


@pytest.mark.parametrize("is_packed", [False, True])
def test_record_of_argo_knows_pods_that_are_gone(cluster, s3, is_packed):
    """A deleted pod leaves no other trace, and the user may not be allowed to look at pods."""
    s3.create_bucket(Bucket="mlpipeline")
    cluster.forbids_pods = True
    cluster.workflows[RUN] = record(
        node("validate-data", "Succeeded"),
        node("train-candidate", "Failed", "main: OOMKilled (exit code 137)", algorithm="ridge", attempt=0),
        node("train-candidate", "Succeeded", algorithm="ridge", attempt=1),
        node("train-candidate", "Error", "pod deleted", algorithm="lightgbm", attempt=1, second=5),
        node("select-model-driver", "Failed", "main: Error (exit code 1)", attempt=1, second=9),
        node("finalize-run", "Failed", "main: Error (exit code 1)", second=1),
        is_packed=is_packed,
    )
    found = failure(cluster)
    assert str(found).startswith(
        "lightgbm: its pod was deleted. driver of select_model: failed (exit code 1). finalize_run:"
    )
    assert found.kind == "killed"


@pytest.mark.parametrize("last", ["train-again", "record-loss"])
def test_branch_that_the_run_survived_is_not_why_it_failed(last, cluster, s3):
    s3.create_bucket(Bucket="mlpipeline")
    cluster.forbids_pods = True
    killed = "main: Error (exit code 137)"
    cluster.workflows[RUN] = record(
        node("train-candidate", "Failed", killed, algorithm="ridge"),
        node(last, "Succeeded", algorithm="ridge", attempt=1),
        node("publish-run", "Failed", "main: Error (exit code 1)", attempt=2),
    )
    assert str(failure(cluster)).startswith("publish_run: ")


def test_kubernetes_says_more_than_argo_about_a_pod_that_is_left(cluster, s3):
    cluster.pods = [pod("train-candidate", "Failed", ended(137, "OOMKilled"), algorithm="ridge")]
    left = node("train-candidate", "Failed", "main: OOMKilled (exit code 137)", algorithm="ridge")
    cluster.workflows[RUN] = record({**left, "id": "node-ridge"})
    connections = Connections()
    (state,) = states_of(Kubeflow(connections), connections, RUN)
    assert "limit 2Gi" in state.message


def test_mistake_of_the_user_is_told_line_by_line(cluster, folder, outputs):
    outputs(
        "validate-data", "executor-logs-0", "[KFP Executor 2026-01-01 00:00:01,000 INFO]: Begin.\nFine.\n"
    )
    outputs(
        "resolve-inputs",
        "executor-logs-0",
        "[KFP Executor 2026-01-01 00:00:00,000 INFO]: Begin.\ndownload failed: it\n"
        "resolve_inputs failed (input): folds: '1' is not auto.\n    seed: too small.\nexit status 1\n",
    )
    cluster.runs[RUN]["state"] = "FAILED"
    run = open_run(folder.path)
    assert (run.state.kind, run.state.error) == ("user", "folds: '1' is not auto.\nseed: too small.")
    with pytest.raises(DataError):  # for which the command exits with 2
        run.wait()


def test_run_with_wrong_fields_can_be_opened(cluster, outputs, tmp_path, monkeypatch, capsys):
    """Somebody filled in the form in Kubeflow's user interface."""
    monkeypatch.chdir(tmp_path)
    outputs("resolve-inputs", "executor-logs-0", "resolve_inputs failed (input): folds: '1' is not auto.\n")
    parameters = {
        "source": "s3://lake/a.csv",
        "target": "y",
        "folds": "1",
        "max_trials": 3.0,
        "time_limit": "soon",
    }
    cluster.runs[RUN] |= {"state": "FAILED", "runtime_config": {"parameters": parameters}}
    with pytest.raises(SystemExit) as caught:
        main(["logs", RUN])
    assert not caught.value.code
    assert "folds: '1' is not auto." in capsys.readouterr().out
    for words in (["leaderboard", RUN], ["resume", RUN]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
    assert "folds: '1'" in (error := capsys.readouterr().err)
    assert "time_limit: 'soon'" in error
    (path,) = (tmp_path / "runs").iterdir()
    stored = (path / "config.yaml").read_text()
    assert "time_limit: soon" in stored
    assert "max_trials: 3\n" in stored
