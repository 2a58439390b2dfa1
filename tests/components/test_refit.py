"""A refit whose child fails in every way: the chosen model is handed over, with the reason."""

import json
import os
import threading
import time
from types import SimpleNamespace

import psutil
import pytest

from podium_components.refit_model import refit_model
from podium_components.supervision._children import WARM_VARIABLE
from podium_components.supervision._memory import MEMORY_VARIABLE
from podium_ml.run import budget


def artifact(path):
    """What KFP hands to a component."""
    return SimpleNamespace(path=str(path), metadata={})


@pytest.fixture
def hand_over(tmp_path, monkeypatch):
    """Run the component with a problem file that its child fails on, and return what it recorded."""
    monkeypatch.delenv(WARM_VARIABLE, raising=False)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.pkl").write_bytes(b"the chosen model")

    def call(problem, *, time_limit=""):
        refitted = artifact(tmp_path / "refitted")
        refit_model.python_func(
            model=artifact(tmp_path / "model"),
            train=artifact("unread"),
            test=artifact("unread"),
            problem=artifact(problem),
            candidates=[],
            ensemble=artifact(tmp_path / "ensemble"),
            enabled=True,
            time_limit=time_limit,
            refitted=refitted,
        )
        assert (tmp_path / "refitted" / "model.pkl").read_bytes() == b"the chosen model"
        facts = json.loads((tmp_path / "refitted" / "refit.json").read_text())
        assert facts == refitted.metadata
        assert facts["refitted"] is False
        return facts["reason"]

    return call


@pytest.fixture
def endless(tmp_path):
    """A file that whoever reads it waits for, for ever."""
    os.mkfifo(tmp_path / "problem.json")
    return tmp_path / "problem.json"


def kill_child(when):
    """Kill what this process has started once ``when`` exists."""
    while not when.exists():
        time.sleep(0.01)
    for child in psutil.Process().children():
        if "supervision._call" in " ".join(child.cmdline()):
            child.kill()


def test_exception(hand_over, tmp_path):
    (tmp_path / "problem.json").write_text("no JSON")
    assert "JSONDecodeError" in hand_over(tmp_path / "problem.json")


def test_kill(hand_over, endless, tmp_path):
    killer = threading.Thread(target=kill_child, args=(tmp_path / "refitted" / "refit.json",), daemon=True)
    killer.start()
    assert "signal 9" in hand_over(endless)


def test_timeout(hand_over, endless, monkeypatch):
    monkeypatch.setattr(budget, "_LEAST_SECONDS", 0.2)
    assert "Out of time" in hand_over(endless, time_limit="1s")


def test_memory(hand_over, monkeypatch):
    monkeypatch.setenv(MEMORY_VARIABLE, str(600 * 2**20))
    assert "Out of memory" in hand_over("/dev/zero")


def test_a_model_that_cannot_be_kept_is_the_refits_own_error(hand_over, tmp_path, capsys):
    (tmp_path / "model" / "model.pkl").unlink()
    with pytest.raises(SystemExit, match="refit_model failed: FileNotFoundError"):
        hand_over(tmp_path / "problem.json")
