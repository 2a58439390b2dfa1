"""Tests of commands that work on one run folder at the same time, in processes of their own."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from podium.api import Run, open_run
from podium.engines.kubeflow import KubeflowEngine, open_server_run
from podium.run_folder import RunFolder, RunState
from podium_ml.errors import RunError
from podium_ml.settings import TabularSettings
from tests.unit.podium.conftest import RUN

NEW = "22222222-4f97-4258-ba4c-9c21f1e2002e"
UPDATE = """
import sys
from podium.run_folder import RunFolder
folder = RunFolder.open(sys.argv[1])
for number in range(40):
    folder.update(**{sys.argv[2]: f"{sys.argv[2]} {number}"})
"""
READ = """
import sys, time
from podium.run_folder import RunFolder
folder = RunFolder.open(sys.argv[1])
while folder.state.note != "end":
    pass
"""
RESTART = """
import sys
from podium.run_folder import RunFolder
from podium_ml.errors import RunError
try:
    RunFolder.open(sys.argv[1]).restart()
except RunError as error:
    sys.exit(str(error))
"""


def process(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], stderr=subprocess.PIPE, text=True)


def test_changes_of_several_processes_are_all_kept(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    reader = process(READ, folder.path)
    writers = [process(UPDATE, folder.path, field) for field in ("error", "kind", "link")]
    for one in writers:
        assert one.wait() == 0, one.stderr.read()
    state = folder.state
    assert (state.error, state.kind, state.link) == ("error 39", "kind 39", "link 39")
    folder.update(note="end")
    assert reader.wait() == 0, reader.stderr.read()
    assert not list(folder.path.glob("*.partial")) + list(folder.path.glob(".*.partial"))


def test_only_one_of_several_commands_resumes_a_run(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    folder.update(status="failed")
    both = [process(RESTART, folder.path) for _ in range(3)]
    codes = sorted(one.wait() for one in both)
    # The first one may have ended, so that its attempt counts as interrupted, before another one begins.
    assert codes[0] == 0
    events = [event for event in folder.events() if event["event"] == "run_resumed"]
    assert len(events) == codes.count(0)
    assert all("cannot be resumed" in one.stderr.read() for one in both if one.returncode)


def test_what_belongs_to_an_old_attempt_does_not_change_a_new_one(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    old = folder.state.started
    folder.update(status="failed")
    new = folder.restart()
    assert folder.update(attempt=old, status="failed", error="Old.") == new
    assert folder.update(attempt=new.started, link="new").link == "new"
    folder.update(status="cancelled")
    assert folder.update(attempt=new.started, status="failed").status == "cancelled"


def test_a_look_at_a_run_that_is_being_resumed_does_not_bring_its_failure_back(cluster, folder, s3):
    """The server still reports the failed attempt while the new one is being started."""
    s3.create_bucket(Bucket="mlpipeline")
    cluster.runs[RUN]["state"] = "FAILED"
    stale = KubeflowEngine(folder)  # of a command that follows the first attempt
    assert open_run(folder.path).status == "failed"
    folder.restart()
    for look in (lambda: open_run(folder.path), stale.refresh):
        look()
        assert folder.state.status == "running"
    with pytest.raises(RunError, match="being started"):
        list(open_run(folder.path, refresh=False).logs())
    cluster.runs[NEW] = {"run_id": NEW, "display_name": "run", "state": "RUNNING"}
    folder.update(run_id=NEW, pid=0)
    assert open_run(folder.path).status == "running"
    cluster.runs[NEW]["state"] = "CANCELED"
    assert open_run(folder.path).status == "cancelled"


def test_logs_command_while_resume_starts_changes_nothing(cluster, folder, s3):
    s3.create_bucket(Bucket="mlpipeline")
    cluster.runs[RUN]["state"] = "FAILED"
    open_run(folder.path)
    folder.restart()
    before = (folder.path / "run.json").read_bytes()
    words = [sys.executable, "-m", "podium.main", "logs", str(folder.path)]
    done = subprocess.run(words, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 2
    assert "the run is being started" in done.stderr
    assert (folder.path / "run.json").read_bytes() == before


def test_run_that_is_cancelled_while_it_starts_is_cancelled_on_the_server_too(cluster, folder, monkeypatch):
    folder.update(status="failed")
    folder.restart()
    cluster.runs[NEW] = {"run_id": NEW, "state": "RUNNING"}

    class Starting:
        def __call__(self, *_, **__):
            KubeflowEngine(RunFolder.open(folder.path)).cancel()
            return NEW

    monkeypatch.setattr("podium.engines.kubeflow.check_header", lambda *_: None)
    monkeypatch.setattr("podium.engines.kubeflow.send_data", lambda settings, _: (settings, ""))
    monkeypatch.setattr("podium.engines.kubeflow.upload_pipeline", lambda *_, **__: None)
    monkeypatch.setattr("podium.servers.kubeflow.Kubeflow.start", Starting())
    KubeflowEngine(folder).start()
    assert folder.state.status == "cancelled"
    assert cluster.runs[NEW]["state"] == "CANCELED"


def test_a_run_of_the_server_gets_one_folder(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened: list[Path] = []
    threads = [threading.Thread(target=lambda: opened.append(open_server_run(RUN).path)) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(opened) == 3
    assert len(set(opened)) == 1


def test_new_folders_of_runs_that_start_at_once_differ(tmp_path):
    code = "import sys\nfrom podium.run_folder import new_run_path\nprint(new_run_path('x', sys.argv[1]))"
    words = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({one.communicate()[0] for one in started}) == 4


def test_local_run_of_another_process_can_be_waited_for(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    run = Run(folder)
    assert run.wait(seconds=0.3).status == "running"
    ending = threading.Timer(0.3, lambda: folder.update(status="succeeded", ended=time.time()))
    ending.start()
    assert run.wait().status == "succeeded"


def test_starter_of_a_run_that_died_leaves_no_run_in_progress(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    folder.update(status="failed")
    assert process(RESTART, folder.path).wait() == 0
    state = folder.state
    assert (state.status, state.error) == ("failed", "The run was interrupted.")
    folder.restart()


def test_state_of_a_newer_version_is_readable(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(target="y"))
    values = json.loads((folder.path / "run.json").read_text())
    (folder.path / "run.json").write_text(json.dumps({**values, "colour": "green"}))
    assert isinstance(folder.state, RunState)
