"""The warm processes of the local engine, which import modules ahead of time and fork a child for each request.

Run by ``start_warm`` as ``python -m podium_components.supervision.warm PARENT GROUP [GROUP ...]``. ``PARENT`` is the
process ID of the engine. A group is the number of a listening socket, a colon, and modules with commas in between. When
a group is imported, the process forks another one for the next group, and goes on to answer the requests for its own:
so the first stages work while the modules of the training are still being imported. A process also answers requests
between imports. A request for a module that is not imported yet waits until it is. The processes stay single-threaded,
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
from collections.abc import Sequence
from typing import NoReturn

from podium_components.supervision._call import die_with_parent, perform
from podium_components.supervision._children import kill_group

_POLL_SECONDS = 0.05


class WarmProcess:
    """Forks children on request and reports their exit status to the requester.

    Args:
        listener: The socket that receives the requests.
        modules: Modules to import, in the order in which they will be needed.
    """

    def __init__(self, listener: socket.socket, modules: Sequence[str]) -> None:
        self._modules, self._listener = list(modules), listener
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

    def close(self) -> None:
        """Close all sockets of this process, in a fork that has nothing to do with them."""
        self._selector.close()
        for one in (self._listener, *self._running.values()):
            one.close()

    def _import_next(self) -> None:
        with contextlib.suppress(Exception):  # The child that needs the module will report the error.
            importlib.import_module(self._modules.pop(0))

    def _import_for(self, module: str) -> None:
        """Import modules up to this one, if it is still pending."""
        while module in self._modules:
            self._import_next()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        with contextlib.suppress(OSError, ValueError, EOFError):
            module, files = _receive(connection)
            self._import_for(module)
            own = os.getpid()
            pid = os.fork()
            if pid == 0:
                self.close()
                _become_child(files, connection, parent=own)
            for file in files:
                os.close(file)
            self._running[pid] = connection
            self._selector.register(connection, selectors.EVENT_READ, data=pid)

    def _hang_up(self, pid: int) -> None:
        """Kill the child of a requester that is gone. What can be read may also be the child's own request."""
        if _is_gone(self._running[pid]):
            kill_group(pid)
            self._forget(pid)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                if pid in self._running:
                    with contextlib.suppress(OSError):
                        _send(self._running[pid], os.waitstatus_to_exitcode(status))
                    self._forget(pid)

    def _forget(self, pid: int) -> None:
        connection = self._running.pop(pid)
        self._selector.unregister(connection)
        connection.close()


def _receive(connection: socket.socket) -> tuple[str, list[int]]:
    """Return the module of a request and the files of its output; the fork reads the rest, which may hold secrets."""
    header, files, _, _ = socket.recv_fds(connection, 8, 2)
    return _read(connection, int.from_bytes(header, "big")).decode(), list(files)


def _is_gone(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection and nothing is left to read."""
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:  # the child has just read it
        return False
    except OSError:
        return True


def _read(connection: socket.socket, length: int) -> bytes:
    text = b""
    while len(text) < length:
        if not (part := connection.recv(length - len(text))):
            raise EOFError
        text += part
    return text


def _become_child(files: list[int], connection: socket.socket, *, parent: int) -> NoReturn:
    status = 1
    gc.enable()
    try:
        request = json.loads(_read(connection, int.from_bytes(_read(connection, 8), "big")))
        os.setpgid(0, 0)
        die_with_parent(parent)
        _send(connection, os.getpid())
        for number, file in zip((1, 2), files, strict=True):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        status = perform(request)
    finally:
        with contextlib.suppress(
            OSError
        ):  # The warm process would report it after the import that it is busy with.
            _send(connection, status)
        os._exit(status)


def _send(connection: socket.socket, number: int) -> None:
    connection.sendall(f"{number}\n".encode())


def main(parent: int, groups: Sequence[tuple[socket.socket, Sequence[str]]]) -> NoReturn:
    """Import the groups, one process each, and serve requests until the engine ends.

    Args:
        parent: The process ID of the engine.
        groups: The socket and the modules of each process, in the order in which the modules will be needed.
    """
    die_with_parent(parent)
    gc.disable()  # Modules stay, so looking for garbage while they are imported finds nothing.
    waiting = list(groups)
    while True:
        process = WarmProcess(*waiting.pop(0))
        process.warm_up()
        gc.freeze()
        own = os.getpid()
        if not waiting or os.fork():
            break
        parent = own
        die_with_parent(parent)
        process.close()
    for listener, _ in waiting:
        listener.close()
    while os.getppid() == parent:
        process.serve(seconds=_POLL_SECONDS)
    sys.exit(0)


def _group(argument: str) -> tuple[socket.socket, list[str]]:
    descriptor, _, modules = argument.partition(":")
    return socket.socket(fileno=int(descriptor)), modules.split(",")


if __name__ == "__main__":
    main(int(sys.argv[1]), [_group(argument) for argument in sys.argv[2:]])
