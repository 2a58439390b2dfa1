"""The two kinds of child: a fresh interpreter, and a fork of the warm process."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from podium_components.supervision._cpus import cpus
from podium_components.supervision._warm_start import socket_for
from podium_ml.run.concurrency import thread_variables

# The folder with the sockets of the warm processes; see ``start_warm``.
WARM_VARIABLE = "PODIUM_WARM"


class Child(Protocol):
    """A process that works on one request."""

    pid: int

    def wait(self, seconds: float) -> int | None:
        """Wait up to ``seconds`` and return the exit status, or ``None`` while the process still runs.

        A negative status means that this signal killed the process.
        """
        ...

    def kill(self) -> None:
        """Kill the process and everything that it started, at once."""
        ...


class FreshChild:
    """A new interpreter that does its own imports."""

    def __init__(self, request: dict[str, Any], environment: Mapping[str, str], request_file: Path) -> None:
        request_file.write_text(json.dumps(request), encoding="utf-8")
        module = "podium_components.supervision._call"
        command = [sys.executable, "-m", module, str(os.getpid()), str(request_file)]
        # Settings of the user or the engine take precedence.
        self._process = subprocess.Popen(command, env={**thread_variables(cpus()), **environment})
        self.pid = self._process.pid

    def wait(self, seconds: float) -> int | None:
        """See ``Child.wait``."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """See ``Child.kill``."""
        kill_group(self.pid)


class WarmChild:
    """A fork of a warm process, which reports the exit status over a socket."""

    def __init__(self, request: dict[str, Any], environment: Mapping[str, str], folder: Path) -> None:
        module = request["call"].partition(":")[0]
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(socket_for(module, folder)))
        text = json.dumps({**request, "environment": dict(environment), "folder": str(Path.cwd())}).encode()
        # The warm process reads the module alone. The rest, which may hold secrets, is for the fork.
        socket.send_fds(self._socket, [_sized(module.encode())], [1, 2])
        self._socket.sendall(_sized(text))
        self.pid = self._read_pid()

    def _read_pid(self) -> int:
        """Read up to the end of the line and no further, because the exit status follows."""
        line = b""
        while not line.endswith(b"\n"):
            if not (byte := self._socket.recv(1)):
                raise ConnectionError("the warm process ended")
            line += byte
        return int(line)

    def wait(self, seconds: float) -> int | None:
        """See ``Child.wait``."""
        self._socket.settimeout(seconds)
        try:
            answer = self._socket.recv(32)
        except TimeoutError:
            return None
        return int(answer.split()[0]) if answer else -signal.SIGKILL

    def kill(self) -> None:
        """See ``Child.kill``."""
        kill_group(self.pid)


def start_child(request: dict[str, Any], environment: Mapping[str, str], request_file: Path) -> Child:
    """Start the work in a fork of a warm process if there is one, else in a fresh interpreter."""
    folder = os.environ.get(WARM_VARIABLE)
    if folder:
        with contextlib.suppress(OSError):
            return WarmChild(request, environment, Path(folder))
    return FreshChild(request, environment, request_file)


def _sized(text: bytes) -> bytes:
    return len(text).to_bytes(8, "big") + text


def kill_group(pid: int) -> None:
    """Kill a child and its process group. The group may not exist yet, and the child may be gone already."""
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)
