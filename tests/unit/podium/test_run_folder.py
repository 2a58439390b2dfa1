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
