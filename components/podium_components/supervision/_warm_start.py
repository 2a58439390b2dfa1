"""Starts warm processes, and finds the one that has imported a module."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from podium_components.supervision._confinement import harmless

# The link to the process for modules that no process imports.
_DEFAULT = "default"


def start_warm(folder: Path, groups: Sequence[Sequence[str]]) -> "subprocess.Popen[bytes]":
    """Start a process that imports modules ahead of time, and forks another for each further group.

    It can be asked at once: requests wait until the modules are there.

    Args:
        folder: Folder for the sockets; ``PODIUM_WARM`` names it. Each module is a link to the socket of its process.
        groups: Modules of each process, in the order in which they will be needed.
    """
    listeners = [_listen(folder, modules) for modules in groups]
    named = [f"{one.fileno()}:{','.join(modules)}" for one, modules in zip(listeners, groups, strict=True)]
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "podium_components.supervision.warm", str(os.getpid()), *named],
            pass_fds=[one.fileno() for one in listeners],
            env=harmless(os.environ),  # Forks that load models of others inherit the memory of this process.
        )
    finally:
        for one in listeners:
            one.close()


def socket_for(module: str, folder: Path) -> Path:
    """Return the socket of the process that imports a module, or else of the first one.

    Raises:
        OSError: There is no warm process.
    """
    link = folder / module
    return folder / (link if link.is_symlink() else folder / _DEFAULT).readlink()


def _listen(folder: Path, modules: Sequence[str]) -> socket.socket:
    name = str(sum(1 for one in folder.iterdir() if not one.is_symlink()))
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / name))
    listener.listen(64)
    for link in (_DEFAULT, *modules):
        with contextlib.suppress(FileExistsError):
            (folder / link).symlink_to(name)
    return listener
