"""Tests of how tasks that run side by side share the cores."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from podium_ml.run import working
from podium_ml.run.concurrency import THREADS_VARIABLE, cores, thread_share, threads, use_threads

_WORKER = """
import sys
from podium_ml.run import working
with working.announced():
    print("working", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which tasks announce themselves."""
    monkeypatch.setenv(working.WORKING_VARIABLE, str(tmp_path))
    monkeypatch.setenv(THREADS_VARIABLE, "1")
    monkeypatch.setattr("podium_ml.run.concurrency.cores", lambda: 8)
    return tmp_path


@contextmanager
def another_task() -> Iterator["subprocess.Popen[str]"]:
    """Run a process that works until it is told to end."""
    command = [sys.executable, "-c", _WORKER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_task_that_runs_alone_gets_all_cores(folder: Path) -> None:
    with working.announced():
        assert working.count() == 1
        assert threads() == 8
        with another_task():
            assert working.count() == 2
            assert threads() == 4
        assert threads() == 8
    assert working.count() == 0


def test_killed_task_does_not_count(folder: Path) -> None:
    with working.announced(), another_task() as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert list(folder.iterdir()) != []
        assert threads() == 8


def test_task_never_gets_less_than_its_share(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "6")
    with working.announced(), another_task():
        assert threads() == thread_share() == 6


def test_without_the_local_engine_tasks_have_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(working.WORKING_VARIABLE, raising=False)
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    with working.announced():
        assert working.count() == 0
        assert threads() == 3
    monkeypatch.setenv(working.WORKING_VARIABLE, "/nowhere")
    with working.announced():
        assert threads() == 3


def test_asking_is_cheap(folder: Path) -> None:
    """Models of tiny tables fit in a millisecond, and each of them asks."""
    with working.announced():
        asked = time.process_time()
        for _ in range(100):
            threads()
        assert time.process_time() - asked < 1.0


@pytest.mark.skipif(cores() < 2, reason="needs two cores")
def test_native_libraries_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """They read the environment only when they are loaded, in the warm process."""
    import sklearn.ensemble  # noqa: F401 - loads OpenMP
    from threadpoolctl import threadpool_info

    before = {one["filepath"]: one["num_threads"] for one in threadpool_info()}
    monkeypatch.setattr("podium_ml.run.concurrency._used", 0)
    try:
        use_threads(2)
        assert {one["num_threads"] for one in threadpool_info()} == {2}
    finally:
        use_threads(min(before.values()))
    assert {one["num_threads"] for one in threadpool_info()} == {min(before.values())}
