"""The warm process of the local engine, which imports modules ahead of time and forks a child for each request.

Run as ``python -m podium_components.supervision.warm SOCKET MODULE [MODULE ...]``. The process also answers requests
between imports. A request for a module that is not imported yet waits until it is. The process stays single-threaded,
so that forks are safe.
"""

import contextlib
import gc
import importlib
import json
import os
import selectors
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from podium_components.supervision._call import die_with_parent, perform
from podium_components.supervision._children import kill_group

_POLL_SECONDS = 0.01


class WarmProcess:
    """Forks children on request and reports their exit status to the requester.

    Args:
        address: Path of the Unix socket to listen on.
        modules: Modules to import, in the order in which they will be needed.
    """

    def __init__(self, address: str, modules: list[str]) -> None:
        self._modules = list(modules)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(address)
        self._listener.listen(64)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._running: dict[int, socket.socket] = {}

    def serve(self, *, seconds: float) -> None:
        """Handle pending events, waiting at most ``seconds`` for them."""
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._accept()
            else:
                self._hang_up(key.data)
        self._reap()

    def warm_up(self) -> None:
        """Import all modules, and serve requests in between."""
        while self._modules:
            self.serve(seconds=0)
            self._import_next()

    def _import_next(self) -> None:
        with contextlib.suppress(Exception):  # The child that needs the module will report the error.
            importlib.import_module(self._modules.pop(0))

    def _import_for(self, call: str) -> None:
        """Import modules up to the module of a call, if that one is still pending."""
        module = call.partition(":")[0]
        while module in self._modules:
            self._import_next()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        with contextlib.suppress(OSError, ValueError, EOFError):
            request, files = _receive(connection)
            self._import_for(request["call"])
            pid = os.fork()
            if pid == 0:
                self._listener.close()
                _become_child(request, files)
            for file in files:
                os.close(file)
            self._running[pid] = connection
            self._selector.register(connection, selectors.EVENT_READ, data=pid)
            connection.sendall(f"{pid}\n".encode())

    def _hang_up(self, pid: int) -> None:
        """Kill the child of a requester that is gone."""
        kill_group(pid)
        self._forget(pid)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                if pid in self._running:
                    with contextlib.suppress(OSError):
                        self._running[pid].sendall(str(os.waitstatus_to_exitcode(status)).encode())
                    self._forget(pid)

    def _forget(self, pid: int) -> None:
        connection = self._running.pop(pid)
        self._selector.unregister(connection)
        connection.close()


def _receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    header, files, _, _ = socket.recv_fds(connection, 8, 2)
    length, text = int.from_bytes(header, "big"), b""
    while len(text) < length:
        if not (part := connection.recv(length - len(text))):
            raise EOFError
        text += part
    return json.loads(text), list(files)


def _become_child(request: dict[str, Any], files: list[int]) -> NoReturn:
    status = 1
    try:
        os.setpgid(0, 0)
        die_with_parent()
        for number, file in zip((1, 2), files, strict=True):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        status = perform(request)
    finally:
        os._exit(status)


def main(address: str, modules: list[str]) -> NoReturn:
    """Import ``modules`` one by one, serving requests in between, then serve until the engine ends."""
    die_with_parent()
    process = WarmProcess(address, modules)
    process.warm_up()
    gc.collect()
    gc.freeze()
    parent = os.getppid()
    while os.getppid() == parent:
        process.serve(seconds=_POLL_SECONDS)
    Path(address).unlink(missing_ok=True)
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
