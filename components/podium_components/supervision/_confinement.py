"""Confines a child that loads a model of others: it gets no credentials, and reaches a few folders alone.

The environment keeps what computing needs. The kernel's Landlock (Linux 5.13 or newer, without any privilege) then
takes all other files from the child, among them keys and tokens, the memory of other processes, and its connections
over TCP (from 6.7 on). Where there is no Landlock, the environment alone is clean.
"""

import contextlib
import ctypes
import os
import pwd
import re
import struct
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Variables that hold no secret and may change what a computation or an import does.
_HARMLESS = re.compile(
    r"(DO_NOT_TRACK|HOME|LANG|LANGUAGE|LD_LIBRARY_PATH|LOGNAME|PATH|TMPDIR|TZ|USER|VIRTUAL_ENV"
    r"|(BLIS|COVERAGE|COV_CORE|CUDA|GOMP|JOBLIB|KMP|LC|LOKY|MKL|MPL|NUMEXPR|OMP|OPENBLAS|PYTHON|VECLIB|XDG)_?[A-Z_]*"
    r"|[A-Z_]*TELEMETRY[A-Z_]*"
    r"|PODIUM_(ALGORITHMS|KINDS|MEMORY|MODEL_MODULES|RUN_BEGAN|SLOTS|STARTED|THREADS))"
)
_SECRET = re.compile("KEY|PASS|SECRET|TOKEN")
# What the interpreter and the libraries read besides their own folders; nothing in them is secret.
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/os-release"),
    *(
        "/dev/null",
        "/dev/urandom",
        "/proc/cpuinfo",
        "/proc/meminfo",
        "/proc/self",
        "/sys/devices/system",
        "/sys/fs/cgroup",
    ),
)
# Variables that name folders of code.
_CODE = ("PYTHONPATH", "PODIUM_ALGORITHMS")
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_NO_NEW_PRIVILEGES = 38
_READ = 1 << 2 | 1 << 3  # files, folders
# write, remove, make folders and files, move from one folder to another, truncate
_WRITE = _READ | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 13 | 1 << 14
_FILE_ONLY = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
# Rights on files, connections and other processes that each version of Landlock knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP, _TCP_VERSION, _SCOPE, _SCOPE_VERSION = 0b11, 4, 0b11, 6


@dataclass(frozen=True)
class Confinement:
    """What a confined child may reach besides the code that it runs.

    Attributes:
        readable: Files and folders that it may read.
        writable: Folders that it may also write to.
    """

    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()

    def for_request(self, scratch: str) -> dict[str, list[str]]:
        """Return the arguments of ``confine``, with a folder of the child's own."""
        return {"readable": list(self.readable), "writable": [*self.writable, scratch]}

    def environment(self, scratch: str) -> dict[str, str]:
        """Return the environment of the child, whose home is that folder."""
        kept = {name: value for name, value in harmless(os.environ).items() if not name.startswith("XDG_")}
        # Semaphores, which joblib otherwise tries to make, would be files in a shared folder.
        return {**kept, "HOME": scratch, "TMPDIR": scratch, "JOBLIB_MULTIPROCESSING": "0"}


def harmless(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an environment that hold no secret.

    >>> harmless({"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "PODIUM_SIGNING_KEY": "x", "OMP_NUM_THREADS": "2"})
    {'PATH': '/bin', 'OMP_NUM_THREADS': '2'}
    """
    return {
        name: value
        for name, value in environment.items()
        if _HARMLESS.fullmatch(name) and not _SECRET.search(name)
    }


def can_confine() -> bool:
    """Whether the kernel can take both files and connections from a child."""
    return _version() >= _TCP_VERSION


def confine(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Take everything else from this process and its children, for good. Return whether the kernel can do that.

    Args:
        readable: Files and folders to read, besides the code of Python and of the system.
        writable: Folders to write to.
    """
    version = _version()
    if version < 1:
        print(
            "This kernel has no Landlock, so the model is loaded in a child that may read the user's files."
        )
        return False
    rights = (1 << _FILE_RIGHTS.get(version, max(_FILE_RIGHTS.values()))) - 1
    attributes = struct.pack(
        "QQQ", rights, _TCP * (version >= _TCP_VERSION), _SCOPE * (version >= _SCOPE_VERSION)
    )
    size = 24 if version >= _SCOPE_VERSION else 16 if version >= _TCP_VERSION else 8
    ruleset = _call(_CREATE_RULESET, ctypes.c_char_p(attributes), ctypes.c_size_t(size), 0)
    try:
        for path in {*_code(), *readable}:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, _WRITE & rights)
        ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _code() -> set[str]:
    """Return the folders of Python and its packages, without the working folder and others that may hold anything."""
    named = {
        Path(one).resolve() for name in _CODE for one in os.environ.get(name, "").split(os.pathsep) if one
    }
    others = {Path.cwd(), Path("/"), Path(tempfile.gettempdir())} - named
    with contextlib.suppress(KeyError):
        others.add(Path(pwd.getpwuid(os.getuid()).pw_dir))
    folders = {Path(one).resolve() for one in (*sys.path, sys.prefix, sys.base_prefix) if one}
    return {*map(str, (folders | named) - others), *_SYSTEM}


def _version() -> int:
    if sys.platform != "linux":
        return 0
    with contextlib.suppress(OSError):
        return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    return 0


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError, NotADirectoryError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if Path(path).is_dir() else rights & _FILE_ONLY
            _call(_ADD_RULE, ruleset, 1, ctypes.c_char_p(struct.pack("=Qi", allowed, descriptor)), 0)
        finally:
            os.close(descriptor)


def _call(number: int, *arguments: Any) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    result = int(library.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
