"""Tests of ``podium logs`` on runs of a server."""

import pytest

from podium.main import main
from tests.unit.podium.conftest import RUN, container, ended, pod


@pytest.fixture
def logs(folder, capsys):
    """Return a function that calls ``podium logs`` and returns its exit code and what it prints."""

    def call(*words):
        with pytest.raises(SystemExit) as caught:
            main(["logs", str(folder.path), *words])
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out + printed.err

    return call


def log(second, algorithm="", text="Fine."):
    branch = f'"branch": {{"list": [{{}}], "algorithm": "{algorithm}"}}' if algorithm else ""
    return f"[KFP Executor 2026-01-01 00:00:{second:02},000 INFO]: Begin.\n{{{branch}}}\n{text}\n"


def test_logs_are_in_the_order_in_which_tasks_began(logs, outputs):
    outputs("validate-data", "executor-logs-0", log(2))
    outputs("train-candidate", "executor-logs-0", log(9, "ridge"), attempt="a")
    outputs("train-candidate", "executor-logs-0", log(5, "lightgbm"), attempt="b")
    outputs("resolve-inputs", "executor-logs-0", log(1))
    code, out = logs()
    assert code == 0
    named = [line.split()[1] for line in out.splitlines() if line.startswith("==>")]
    assert named == ["resolve_inputs", "validate_data", "lightgbm", "ridge"]
    assert logs("lightgbm")[1].count("==>") == 1
    for name in ("validate_data", "validate-data", "ingest_data"):
        assert logs(name)[1].startswith("==> validate_data <==")


def test_logs_of_pods_that_are_not_in_the_store(logs, outputs, cluster):
    """Kubeflow stores the log of a task when it ends, and never that of a container that was killed."""
    outputs("train-candidate", "executor-logs-0", log(5, "ridge"))
    cluster.pods = [
        pod("train-candidate", "Failed", ended(137), algorithm="lightgbm"),
        pod("select-model", "Running", container("running")),
        pod("train-candidate", "Succeeded", ended(0), algorithm="ridge"),
    ]
    killed = log(4, "lightgbm", "Trial 3.")
    cluster.logs = {"run-x-lightgbm": killed, "run-x-select-model": "Select.\n", "run-x-ridge": "again"}
    assert logs("lightgbm") == (0, f"==> lightgbm <==\n{killed}")
    assert logs("select_model") == (0, "==> select_model <==\nSelect.\n")
    everything = logs()[1]
    assert "again" not in everything
    named = [line.split()[1] for line in everything.splitlines() if line.startswith("==>")]
    assert named == ["lightgbm", "ridge", "select_model"]


def test_unknown_names_are_errors_with_near_ones(logs, outputs, cluster):
    outputs("validate-data", "executor-logs-0", log(2))
    cluster.pods = [pod("train-candidate", "Running", container("running"), algorithm="lightgbm")]
    code, out = logs("lightgm")
    assert (code, out) == (
        2,
        "Error: This run has no branch and no stage named 'lightgm'. Did you mean lightgbm?\n",
    )
    code, out = logs("zzz")
    assert code == 2
    assert "There are: lightgbm, resolve_inputs" in out


def test_silence_is_explained(logs, s3, cluster):
    s3.create_bucket(Bucket="mlpipeline")
    assert logs() == (2, "Error: The run has printed nothing yet.\n")
    assert logs("publish_run") == (2, "Error: publish_run has printed nothing yet.\n")
    cluster.pods = [pod("train-candidate", "Failed", ended(137, "OOMKilled"), algorithm="ridge")]
    code, out = logs("ridge")
    assert code == 2
    assert "The log of ridge is gone with its pod. ridge: out of memory (OOMKilled" in out
    cluster.runs[RUN]["state"] = "SUCCEEDED"
    assert "featurize_data did not run: its result was taken from an earlier run" in logs("featurize_data")[1]


def test_a_look_at_logs_changes_nothing(logs, outputs, folder, cluster):
    outputs("validate-data", "executor-logs-0", log(2))
    cluster.runs[RUN]["state"] = "FAILED"
    before = (folder.path / "run.json").read_bytes(), sorted(folder.path.iterdir())
    assert logs()[0] == 0
    assert ((folder.path / "run.json").read_bytes(), sorted(folder.path.iterdir())) == before
