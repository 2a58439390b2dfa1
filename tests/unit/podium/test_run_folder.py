"""Tests of run folders and their saved state."""

import json
import os
import subprocess
import sys
import time

import pytest

from podium.run_folder import RunFolder, RunState, new_run_path
from podium_ml.errors import RegistryError, RunError
from podium_ml.kinds import KINDS
from podium_ml.settings import TabularSettings

SETTINGS = TabularSettings(source="données.csv", target="churn", time_limit="10m", name="churn 🚀")


def test_settings_round_trip(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    assert folder.settings == SETTINGS
    assert "max_trials" not in (folder.path / "config.yaml").read_text()


def test_run_records_kind_of_problem(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    state = json.loads((folder.path / "run.json").read_text())
    assert state["problem"] == "tabular"
    assert folder.kind is KINDS["tabular"]
    # Earlier versions supported only tabular problems and did not record the kind.
    del state["problem"]
    (folder.path / "run.json").write_text(json.dumps(state))
    assert RunFolder.open(folder.path).kind is KINDS["tabular"]
    folder.update(problem="pictures")
    with pytest.raises(RegistryError, match="Unknown kind of problem 'pictures'"):
        _ = folder.settings


class TestStoredQueries:
    """A run folder of somebody else must not set variables of the processes that resume it."""

    SIGNED = SETTINGS.model_copy(update={"source": "https://host:8443/a.csv?sig=secret"})

    @pytest.fixture
    def folder(self, tmp_path):
        return RunFolder.create(tmp_path / "run", self.SIGNED)

    def test_queries_and_hosts_of_an_own_run(self, folder):
        assert folder.variables == {
            "PODIUM_SOURCE_QUERY_1": "sig=secret",
            "PODIUM_SOURCE_QUERY_1_HOST": "https://host:8443",
        }
        assert (folder.path / ".variables.json").stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize(
        "content",
        [
            {"LD_PRELOAD": "/tmp/x.so"},
            {"PODIUM_SOURCE_QUERY_1": "a", "PYTHONPATH": "/tmp"},
            {"PODIUM_SOURCE_QUERY_1_HOST": "stranger.example"},
            {"PODIUM_SECRET_LINK": "a"},
            {"PODIUM_SOURCE_QUERY_1": {"a": 1}},
            ["PODIUM_SOURCE_QUERY_1"],
        ],
    )
    def test_other_variables(self, folder, content):
        (folder.path / ".variables.json").write_text(json.dumps(content))
        with pytest.raises(RunError, match="is not used"):
            _ = folder.variables

    def test_file_that_others_may_read(self, folder):
        (folder.path / ".variables.json").chmod(0o644)
        with pytest.raises(RunError, match="others own it or may read it"):
            _ = folder.variables

    def test_link_to_another_file(self, folder, tmp_path):
        file = folder.path / ".variables.json"
        file.rename(tmp_path / "elsewhere.json")
        file.symlink_to(tmp_path / "elsewhere.json")
        with pytest.raises(RunError, match="is not used"):
            _ = folder.variables

    @pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
    def test_removed_after_every_end(self, folder, status):
        folder.update(pid=1)
        assert folder.variables
        folder.update(status=status)
        assert folder.variables == {}
        assert not (folder.path / ".variables.json").exists()


def test_run_folder_is_private(tmp_path):
    before = os.umask(0o022)
    try:
        folder = RunFolder.create(tmp_path / "runs" / "run", SETTINGS)
    finally:
        os.umask(before)
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_secrets_in_errors_are_not_stored(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "hunter2hunter2")
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    folder.update(status="failed", error="http://me:pw@mlflow refused hunter2hunter2")
    assert json.loads((folder.path / "run.json").read_text())["error"] == "http://***@mlflow refused ***"


def test_state_is_updated(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    folder.update(status="succeeded", ended=time.time())
    assert RunFolder.open(folder.path).state.status == "succeeded"


def test_non_empty_folder_is_refused(tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        RunFolder.create(tmp_path, SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_missing_run(tmp_path):
    with pytest.raises(RunError, match="no run"):
        RunFolder.open(tmp_path)


def test_path_blocked_by_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="Cannot write"):
        RunFolder.create(tmp_path / "file" / "run", SETTINGS)


def test_run_with_dead_process_is_failed(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    folder.write(RunState(name="x", status="running", started=1.0, pid=process.pid))
    assert (folder.state.status, folder.state.error) == ("failed", "The run was interrupted.")


def test_run_with_live_process_is_running(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    folder.update(pid=os.getpid())
    assert folder.state.status == "running"


def test_incomplete_events_are_skipped(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    folder.events_file.write_text('{"event": "a", "at": 1}\n{"event": "b"')
    assert [event["event"] for event in folder.events()] == ["a"]


def test_new_run_paths_are_safe_and_unique(tmp_path):
    first = new_run_path("../we ird/🚀", tmp_path)
    assert first.parent == tmp_path
    assert first.is_dir()
    assert new_run_path("../we ird/🚀", tmp_path) != first
    assert new_run_path("///", tmp_path).name.startswith("run-")


def test_seconds_of_a_run_are_those_of_its_report(tmp_path):
    folder = RunFolder.create(tmp_path / "run", SETTINGS)
    folder.update(started=100.0)
    assert folder.seconds is None
    folder.update(status="succeeded", ended=131.04)
    assert folder.seconds == 31.0
    (folder.path / "metrics.json").write_text(json.dumps({"seconds": 29.5}))
    assert folder.seconds == 29.5
    (folder.path / "metrics.json").write_text(json.dumps({"model": "written by an earlier version"}))
    assert folder.seconds == 31.0
