"""Tests of a refit whose child process fails: the chosen model is handed over with the reason."""

import contextlib
import json
import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from podium_components import finishing
from podium_components.finish_model import finish_model
from podium_components.supervision import WARM_VARIABLE
from podium_ml.refitting.handover import model_to_hand_over
from podium_ml.run import budget
from podium_ml.run.concurrency import MEMORY_VARIABLE
from podium_ml.training.failure_notes import marked_failure


def artifact(path):
    """Return a stand-in for the artifact that KFP passes to a component."""
    return SimpleNamespace(path=str(path), metadata={})


def explain(stage, **arguments):
    """Write placeholder explanations, because the real stage cannot load the model."""
    assert stage == "explain_model"
    for name in ("explanation.json", "explanation.html"):
        (Path(arguments["explanation"]) / name).write_text("why")


@pytest.fixture
def hand_over(tmp_path, monkeypatch):
    """Return a function that runs the component on a problem file that makes its child fail."""
    monkeypatch.delenv(WARM_VARIABLE, raising=False)
    monkeypatch.setattr(finishing, "run_stage", explain)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.pkl").write_bytes(b"the chosen model")

    def call(problem, *, time_limit=""):
        finished = artifact(tmp_path / "finished")
        finish_model.python_func(
            model=artifact(tmp_path / "model"),
            train=artifact("unread"),
            test=artifact("unread"),
            problem=artifact(problem),
            weights=artifact("unread"),
            candidates=[],
            refit=True,
            time_limit=time_limit,
            notes={},
            finished=finished,
            explanation=artifact(tmp_path / "page"),
        )
        assert {path.name for path in (tmp_path / "finished").iterdir()} == {
            "explanation.json",
            "explanation.html",
            "refit.json",
            "failure.txt",
        }
        handed_over = model_to_hand_over(tmp_path / "model", tmp_path / "finished")
        assert handed_over.read_bytes() == b"the chosen model"
        assert (tmp_path / "page").read_text() == "why"
        facts = json.loads((tmp_path / "finished" / "refit.json").read_text())
        assert facts == finished.metadata
        assert facts["refitted"] is False
        # For the next task, which leaves a note, so that no run takes the failure from the cache.
        assert facts["reason"] in marked_failure(tmp_path / "finished")
        return facts["reason"]

    return call


@pytest.fixture
def endless(tmp_path):
    """Return a named pipe that blocks its readers forever."""
    os.mkfifo(tmp_path / "problem.json")
    return tmp_path / "problem.json"


@contextlib.contextmanager
def read_by_child(fifo):
    """Wait until a process reads the named pipe, and yield a file to write to it."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):  # no reader yet
            with open(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK), "w") as file:
                yield file
            return
        time.sleep(0.01)
    pytest.fail("No process read the named pipe.")


def kill_child(fifo):
    """Kill the supervised children of this process once one of them reads ``fifo``."""
    with read_by_child(fifo):
        for child in psutil.Process().children():
            if "supervision._call" in " ".join(child.cmdline()):
                child.kill()


def test_exception(hand_over, tmp_path):
    (tmp_path / "problem.json").write_text("no JSON")
    assert "JSONDecodeError" in hand_over(tmp_path / "problem.json")


def test_kill(hand_over, endless):
    threading.Thread(target=kill_child, args=(endless,), daemon=True).start()
    assert "signal 9" in hand_over(endless)


def test_partially_written_model_is_not_handed_over(hand_over, tmp_path):
    (tmp_path / "finished").mkdir()
    (tmp_path / "finished" / "model.pkl").write_bytes(b"half a mod")
    assert "FileNotFoundError" in hand_over(tmp_path / "problem.json")


def test_explanation_runs_during_refit(hand_over, endless, monkeypatch):
    """The test would hang if the refit and the explanation waited for each other."""

    def explain_and_let_go(stage, **arguments):
        with read_by_child(endless) as file:
            file.write("no JSON")
        explain(stage, **arguments)

    monkeypatch.setattr(finishing, "run_stage", explain_and_let_go)
    assert "JSONDecodeError" in hand_over(endless)


def test_timeout(hand_over, endless, monkeypatch):
    monkeypatch.setattr(budget, "_LEAST_SECONDS", 0.2)
    assert "Out of time" in hand_over(endless, time_limit="1s")


def test_memory(hand_over, monkeypatch):
    monkeypatch.setenv(MEMORY_VARIABLE, str(600 * 2**20))
    assert "Out of memory" in hand_over("/dev/zero")


def test_unrecordable_failure_fails_the_refit(hand_over, tmp_path):
    (tmp_path / "finished" / "refit.json").mkdir(parents=True)
    with pytest.raises(SystemExit, match="refit_model failed: FileNotFoundError"):
        hand_over(tmp_path / "problem.json")
