"""The embedded engine: KFP's local runner in a separate process.

KFP's local runner changes global state (root logger, ``print``, singletons) and logs a lot. In a separate process it
disturbs nothing else, its output goes to a file, several runs can proceed side by side, and a run is cancelled by
killing a process group.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from podium.run_folder import RunFolder, RunState
from podium_ml.errors import RunError
from podium_ml.run.budget import STARTED_VARIABLE
from podium_ml.run.events import EVENTS_VARIABLE

_SECONDS_TO_END = 5.0
_POLL_SECONDS = 0.2


class LocalEngine:
    """Runs the compiled pipeline of one run folder on this machine.

    Args:
        folder: The run; its settings and state are read from it.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._attempt = folder.state.started

    def start(self) -> None:
        """Start the run in the background; cached results of an earlier attempt are reused."""
        folder = self._folder
        folder.log_file.parent.mkdir(parents=True, exist_ok=True)
        state = folder.state
        self._attempt = state.started
        environment = {
            **os.environ,
            **folder.variables,
            EVENTS_VARIABLE: str(folder.events_file),
            STARTED_VARIABLE: repr(state.started),
            "PYTHONHASHSEED": "0",
            "PYTHONUNBUFFERED": "1",
            # Modules in the working folder, which may hold files of others, shadow none and are not imported.
            "PYTHONSAFEPATH": "1",
        }
        with folder.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "podium.engines.local_host", str(folder.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        folder.update(attempt=state.started, pid=self._process.pid)

    def wait(self, seconds: float | None = None) -> RunState | None:
        """Wait for the run to end.

        Args:
            seconds: Maximum time to wait; ``None`` waits until the run ends.

        Returns:
            The final state, or ``None`` if the run is still running.
        """
        if self._process is None:
            return self._wait_for_another_process(seconds)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        # Changes nothing unless the process died before it could record its state.
        return self._folder.update(
            attempt=self._attempt,
            status="failed",
            ended=time.time(),
            error="The run was interrupted.",
            kind="killed",
        )

    def _wait_for_another_process(self, seconds: float | None) -> RunState | None:
        """Wait for a run that another process started to end; see ``wait``."""
        end = time.monotonic() + seconds if seconds is not None else float("inf")
        while (state := self._folder.state).status == "running":
            if time.monotonic() >= end:
                return None
            time.sleep(min(_POLL_SECONDS, max(0.0, end - time.monotonic())))
        return state

    def logs(self, branch: str = "") -> Iterator[str]:
        """Yield the output of the engine and the tasks, line by line.

        Args:
            branch: Must be empty, because all tasks of a local run share one log.

        Raises:
            RunError: A branch was named, or there is no log yet.
        """
        if branch:
            raise RunError("A local run has one log for all branches.", "Leave the branch out.")
        if not self._folder.log_file.exists():
            raise RunError(f"{self._folder.path} has no log yet.")
        yield from _lines(self._folder.log_file)

    def cancel(self) -> RunState:
        """Kill the run and everything that it started; finished work is kept for ``podium resume``."""
        if self._process is None:  # another process started the run
            if (pid := self._folder.state.pid) and _runs_pipeline(pid):
                end_session(pid)
        elif self._process.poll() is None:
            end_session(self._process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_SECONDS_TO_END)
        return self._folder.update(
            attempt=self._attempt,
            status="cancelled",
            ended=time.time(),
            error="Cancelled by the user.",
            kind="",
        )


def _runs_pipeline(pid: int) -> bool:
    """Return whether a process still is the one that ran the pipeline, because process ids are reused."""
    import psutil

    try:
        return "podium.engines.local_host" in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from (line.rstrip("\n") for line in file)


def end_session(pid: int) -> None:
    """Kill the process of a run and those of its tasks; the children of the tasks end with them."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    for folder in Path(tempfile.gettempdir()).glob(f"{scratch_prefix(pid)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def scratch_prefix(pid: int) -> str:
    """Return how the name of the temporary folder of a run begins, which the process with that id made."""
    return f"podium-run-{pid}-"
